// IHAVE, IWANT, and how long messages are kept for them.
#include "tests/support/cache_actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace grapevine;
using namespace grapevine::test;

namespace {

// So many peers, for all of whom one actor speaks, are to be told of "t".
emit_gossip gossip_for(const peer_actor& speaker, std::uint32_t peers) {
  emit_gossip wanted;
  wanted.peers.assign(peers, speaker);
  wanted.topics.push_back({"t", {}});
  for (std::uint32_t i = 0; i < peers; ++i)
    wanted.topics[0].peers.push_back({i, 0});
  return wanted;
}

// In small steps: what is asked for on the way is not late.
void pass(cache_fixture& f, std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds step{10};
  for (auto gone = step; gone <= time; gone += step)
    f.net.advance(step);
}

} // namespace

TEST_CASE("message cache: IWANT is answered, IHAVE asks for what is new") {
  cache_fixture f;
  const auto msg = cache_fixture::message("hello");
  f.receive(1, msg);
  f.decide(f.tasks()[0], gossip::verdict_kind::accept);
  f.say(iwant_received{f.from(2), {std::string{msg->id().raw()}, "unknown"}});
  const auto answers = f.peer.all<send_answers>();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].msgs == std::vector{answers[0].msgs[0]});
  CHECK(answers[0].msgs[0]->id() == msg->id());
  f.say(ihave_received{f.from(2), {std::string{msg->id().raw()}, "new"}});
  const auto asked = f.peer.all<send_control>();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].control->iwant == std::vector<std::string>{"new"});
}

TEST_CASE(
    "message cache: gossip tells of recent messages, five shifts later of "
    "none") {
  cache_fixture f;
  const auto msg = cache_fixture::message("hello");
  f.receive(1, msg);
  f.decide(f.tasks()[0], gossip::verdict_kind::accept);
  const gossip::peer_handle second{1, 0};
  const emit_gossip wanted{{peer_actor{}, f.from(2).actor},
                           {{"t", {second}}, {"silent", {second}}}};
  f.say(wanted);
  const auto told = f.peer.all<send_gossip>();
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].parts.size() == 1);
  CHECK(told[0].parts[0].all->topic == "t");
  CHECK(told[0].parts[0].all->ids == std::vector{std::string{msg->id().raw()}});
  CHECK(told[0].parts[0].count == 1);
  for (int i = 0; i < 5; ++i)
    f.say(shift_window{});
  f.say(wanted);
  f.say(iwant_received{f.from(2), {std::string{msg->id().raw()}}});
  CHECK(f.peer.all<send_gossip>().size() == 1);
  CHECK(f.peer.all<send_answers>().empty());
}

TEST_CASE("message cache: of more ids than an IHAVE may have, peers are told "
          "of different ones") {
  gossip::parameters params;
  params.gossip.max_ihave_ids = 4;
  cache_fixture f{params};
  for (std::uint64_t i = 0; i < 8; ++i)
    f.say(publish_own{
        gossip::build_message({"t", as_bytes("hello"), numbered_peer(77), i},
                              nullptr, gossip::default_message_id)});
  const gossip::peer_handle peer{0, 0};
  std::set<std::string> told;
  for (int i = 0; i < 100; ++i)
    f.say(emit_gossip{{f.from(2).actor}, {{"t", {peer}}}});
  for (const auto& gossip : f.peer.all<send_gossip>()) {
    const auto& part = gossip.parts.at(0);
    CHECK(part.count == 4);
    for (std::size_t i = 0; i < part.count; ++i)
      told.insert(part.all->ids[(part.first + i) % part.all->ids.size()]);
  }
  CHECK(told.size() == 8);
}

TEST_CASE("message cache: many peers are told one after the other before the "
          "next heartbeat, all of the same ids") {
  cache_fixture f;
  const auto msg = cache_fixture::message("hello");
  f.accept(1, msg);
  constexpr std::uint32_t peers = 1'000;
  const auto wanted = gossip_for(f.from(2).actor, peers);
  const auto told = [&] { return f.peer.all<send_gossip>().size(); };
  f.say(wanted);
  f.say(shift_window{});
  CHECK(told() <= 100);
  CHECK(told() > 0);
  // Later ones are not for these any more.
  f.accept(1, cache_fixture::message("later", "t", 43));
  pass(f, 250ms);
  CHECK(told() < 800);
  pass(f, 500ms);
  CHECK(told() == peers);
  for (const auto& one : f.peer.all<send_gossip>())
    CHECK(one.parts.at(0).all == f.peer.all<send_gossip>()[0].parts.at(0).all);
  CHECK(f.peer.all<send_gossip>()[0].parts[0].all->ids.size() == 1);
}

TEST_CASE("message cache: whom a heartbeat has not told yet the next one tells "
          "at once") {
  cache_fixture f;
  f.accept(1, cache_fixture::message("hello"));
  constexpr std::uint32_t peers = 200;
  const auto wanted = gossip_for(f.from(2).actor, peers);
  f.say(wanted);
  CHECK(f.peer.all<send_gossip>().size() == 64);
  // One between heartbeats does not wait, and hurries nobody.
  f.say(emit_gossip{{f.from(1).actor}, {{"t", {{0, 0}}}}});
  CHECK(f.peer.all<send_gossip>().size() == 65);
  f.say(wanted);
  CHECK(f.peer.all<send_gossip>().size() == peers + 65);
  pass(f, 500ms);
  CHECK(f.peer.all<send_gossip>().size() == 2 * peers + 1);
}

TEST_CASE("message cache: whoever asks by IWANT for what is not there gets no "
          "answer, and for the same no more often than configured") {
  gossip::parameters params;
  params.gossip.retransmissions = 2;
  cache_fixture f{params};
  const auto msg = cache_fixture::message("hello");
  f.accept(1, msg);
  f.say(iwant_received{f.from(2), {"unknown"}});
  CHECK(f.peer.all<send_answers>().empty());
  for (int i = 0; i < 4; ++i)
    f.say(iwant_received{f.from(2), {cache_fixture::id_of(msg)}});
  CHECK(f.peer.all<send_answers>().size() == 2);
}

TEST_CASE("message cache: messages are kept for as many heartbeats as "
          "configured") {
  gossip::parameters params;
  params.gossip.history_length = 2;
  cache_fixture f{params};
  const auto msg = cache_fixture::message("hello");
  f.accept(1, msg);
  const auto asked = [&](std::uint32_t peer) {
    const auto before = f.peer.all<send_answers>().size();
    f.say(iwant_received{f.from(peer), {cache_fixture::id_of(msg)}});
    return f.peer.all<send_answers>().size() > before;
  };
  f.say(shift_window{});
  CHECK(asked(1));
  f.say(shift_window{});
  CHECK_FALSE(asked(2));
}

TEST_CASE("message cache: of an IHAVE no more is asked for than configured, "
          "and in any order") {
  gossip::parameters params;
  params.gossip.max_ihave_ids = 4;
  cache_fixture f{params};
  std::set<std::string> first;
  for (int i = 0; i < 60; ++i)
    f.say(ihave_received{f.from(1), {"a", "b", "c", "d", "e", "f"}});
  const auto& asked = f.peer.all<send_control>();
  REQUIRE(asked.size() == 60);
  for (const auto& one : asked) {
    REQUIRE(one.control->iwant.size() == 4);
    first.insert(one.control->iwant.front());
  }
  // The first one is looked at when it is seen who keeps promises.
  CHECK(first.size() == 4);
}

TEST_CASE("message cache: nothing new in an IHAVE, nothing is asked for") {
  cache_fixture f;
  const auto msg = cache_fixture::message("hello");
  f.receive(1, msg);
  f.say(ihave_received{f.from(2), {cache_fixture::id_of(msg)}});
  CHECK(f.peer.all<send_control>().empty());
}

TEST_CASE("message cache: a peer is told of as many heartbeats as is asked") {
  cache_fixture f;
  const auto older = cache_fixture::message("older", "t", 1);
  const auto newer = cache_fixture::message("newer", "t", 2);
  const auto told_of = [&](std::size_t windows) {
    f.peer.clear();
    f.say(emit_gossip{{f.from(1).actor}, {{"t", {{0, 0}}, windows}}});
    std::set<std::string> ids;
    for (const auto& msg : f.peer.all<send_gossip>())
      for (const auto& part : msg.parts)
        ids.insert(part.all->ids.begin(), part.all->ids.end());
    return ids;
  };
  using set = std::set<std::string>;
  f.accept(1, older);
  f.say(shift_window{});
  CHECK(told_of(1).empty());
  CHECK(told_of(2) == set{cache_fixture::id_of(older)});
  f.accept(1, newer);
  CHECK(told_of(1) == set{cache_fixture::id_of(newer)});
  CHECK(told_of(2).size() == 2);
}

TEST_CASE("message cache: each peer is told of its topics alone, in one "
          "message") {
  cache_fixture f;
  f.say(set_subscribers{"u", true, {}});
  f.accept(1, cache_fixture::message("first", "t", 1));
  f.accept(1, cache_fixture::message("second", "u", 2));
  recorder<send_gossip> one{f.net.sys()};
  recorder<send_gossip> both{f.net.sys()};
  recorder<send_gossip> none{f.net.sys()};
  f.say(emit_gossip{
      {one.as<peer_actor>(), both.as<peer_actor>(), none.as<peer_actor>()},
      {{"t", {{0, 0}, {1, 0}}}, {"u", {{1, 0}}}}});
  REQUIRE(one.all<send_gossip>().size() == 1);
  REQUIRE(one.all<send_gossip>()[0].parts.size() == 1);
  CHECK(one.all<send_gossip>()[0].parts[0].all->topic == "t");
  REQUIRE(both.all<send_gossip>().size() == 1);
  CHECK(both.all<send_gossip>()[0].parts.size() == 2);
  CHECK(none.all<send_gossip>().empty());
}

TEST_CASE("message cache: of more ids than an IHAVE may have, peers that are "
          "told together are told of different ones") {
  gossip::parameters params;
  params.gossip.max_ihave_ids = 4;
  cache_fixture f{params};
  for (std::uint64_t i = 0; i < 8; ++i)
    f.say(publish_own{cache_fixture::message("hello", "t", i)});
  recorder<send_gossip> first{f.net.sys()};
  recorder<send_gossip> second{f.net.sys()};
  std::set<std::size_t> begins;
  std::size_t alike = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    f.say(emit_gossip{{first.as<peer_actor>(), second.as<peer_actor>()},
                      {{"t", {{0, 0}, {1, 0}}}}});
    const auto& one = first.all<send_gossip>().at(i).parts.at(0);
    const auto& other = second.all<send_gossip>().at(i).parts.at(0);
    CHECK(one.all == other.all);
    CHECK(one.all->ids.size() == 8);
    CHECK(one.count == 4);
    alike += one.first == other.first ? 1 : 0;
    begins.insert(one.first);
  }
  CHECK(alike < 30);
  CHECK(begins.size() > 4);
}

TEST_CASE("message cache: for one peer alone no more ids are gathered than it "
          "is told of") {
  gossip::parameters params;
  params.gossip.max_ihave_ids = 4;
  cache_fixture f{params};
  for (std::uint64_t i = 0; i < 8; ++i)
    f.say(publish_own{cache_fixture::message("hello", "t", i)});
  f.say(emit_gossip{{f.from(1).actor}, {{"t", {{0, 0}}}}});
  const auto& part = f.peer.all<send_gossip>().at(0).parts.at(0);
  CHECK(part.all->ids.size() == 4);
  CHECK(part.first == 0);
  CHECK(part.count == 4);
}

TEST_CASE("message cache: no more ids than an IHAVE may have are told from the "
          "first on") {
  gossip::parameters params;
  params.gossip.max_ihave_ids = 4;
  cache_fixture f{params};
  for (std::uint64_t i = 0; i < 4; ++i)
    f.say(publish_own{cache_fixture::message("hello", "t", i)});
  for (int i = 0; i < 10; ++i)
    f.say(emit_gossip{{f.from(1).actor, f.from(2).actor},
                      {{"t", {{0, 0}, {1, 0}}}}});
  for (const auto& msg : f.peer.all<send_gossip>())
    CHECK(msg.parts.at(0).first == 0);
}

TEST_CASE("message cache: what has expired is dropped to the last, however "
          "much it is") {
  gossip::parameters params;
  params.timers.seen_ttl = 10s;
  cache_fixture f{params};
  std::vector<gossip::message_ptr> msgs;
  for (std::uint64_t i = 0; i < 1'300; ++i)
    msgs.push_back(cache_fixture::message("x", "t", i));
  f.say(publish_own_batch{msgs});
  CHECK(f.snapshot().seen == 1'300);
  f.net.advance(10s);
  CHECK(f.snapshot().seen == 1'300);
  f.say(shift_window{});
  CHECK(f.snapshot().seen == 0);
}
