#include "actors/message_cache.hpp"
#include "gossip/rng.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace grapevine;
using namespace grapevine::test;

namespace {

// A message cache between stand-ins, in virtual time; joined to topic "t".
struct cache_fixture {
  explicit cache_fixture(const gossip::parameters& params = {})
      : mesh{net.sys()}, validator{net.sys()}, peer{net.sys()},
        subscriber{net.sys()}, cache{spawn_message_cache(
                                   net.sys(),
                                   virtual_system::context(1, params),
                                   mesh.as<mesh_manager_actor>(),
                                   {validator.as<validator_actor>()})} {
    say(set_subscribers{"t", true, {{subscriber.actor(), false}}});
    say(peer_joined{from(1), inbound_peer, {}});
    say(peer_joined{from(2), inbound_peer, {}});
  }

  // The cache and its stand-ins keep each other alive.
  ~cache_fixture() {
    caf::anon_send_exit(cache, caf::exit_reason::user_shutdown);
    net.run();
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(cache, std::move(msg));
    net.run();
  }

  peer_ref from(std::uint32_t number) {
    return {numbered_peer(number), peer.as<peer_actor>()};
  }

  static gossip::message_ptr message(std::string_view data,
                                     std::string_view topic = "t",
                                     std::uint64_t seqno = 42) {
    return gossip::build_message(
        {topic, as_bytes(data), numbered_peer(77), seqno}, nullptr,
        gossip::default_message_id);
  }

  void receive(std::uint32_t number, const gossip::message_ptr& msg) {
    say(messages_received{from(number), {msg}});
  }

  void decide(const gossip::validate_message& task, gossip::verdict_kind kind) {
    say(verdicts_reached{{{task.msg->id(), task.token, {kind, {}}}}});
  }

  std::vector<gossip::validate_message> tasks() const {
    std::vector<gossip::validate_message> result;
    for (const auto& msg : validator.all<validate_messages>())
      result.insert(result.end(), msg.tasks.begin(), msg.tasks.end());
    return result;
  }

  virtual_system net;
  recorder<route_messages, route_own, announce_messages, delivery_report,
           misbehaved>
      mesh;
  recorder<validate_messages> validator;
  recorder<return_credit, send_answers, send_control, send_gossip> peer;
  recorder<message_delivered> subscriber;
  message_cache_actor cache;
};

} // namespace

TEST_CASE("message cache: an accepted message is delivered and routed") {
  cache_fixture f;
  const auto msg = cache_fixture::message("hello");
  f.receive(1, msg);
  REQUIRE(f.tasks().size() == 1);
  CHECK(f.subscriber.all<message_delivered>().empty());
  CHECK(f.peer.all<return_credit>().empty());
  f.decide(f.tasks()[0], gossip::verdict_kind::accept);
  const auto got = f.subscriber.all<message_delivered>();
  REQUIRE(got.size() == 1);
  CHECK(got[0].source == numbered_peer(1));
  CHECK(f.mesh.all<route_messages>().size() == 1);
  const auto credit = f.peer.all<return_credit>();
  REQUIRE(credit.size() == 1);
  CHECK(credit[0].messages == 1);
  CHECK(credit[0].bytes == msg->encoded().size());
}

TEST_CASE("message cache: batches hold what was accepted together") {
  cache_fixture f;
  recorder<messages_delivered> reader{f.net.sys()};
  const auto deliver_to = [&](const std::string& topic) {
    f.say(set_subscribers{
        topic, true, {{f.subscriber.actor(), false}, {reader.actor(), true}}});
  };
  deliver_to("t");
  deliver_to("u");
  f.say(messages_received{f.from(1),
                          {cache_fixture::message("first", "t", 1),
                           cache_fixture::message("second", "u", 2),
                           cache_fixture::message("third", "t", 3)}});
  verdicts_reached verdicts;
  for (const auto& task : f.tasks())
    verdicts.verdicts.push_back(
        {task.msg->id(), task.token, {gossip::verdict_kind::accept, {}}});
  REQUIRE(verdicts.verdicts.size() == 3);
  f.say(verdicts);
  CHECK(f.subscriber.all<message_delivered>().size() == 3);
  const auto batches = reader.all<messages_delivered>();
  REQUIRE(batches.size() == 1);
  std::vector<std::string> texts;
  for (const auto& one : batches[0].msgs) {
    texts.push_back(to_string(one.msg->data()));
    CHECK(one.source == numbered_peer(1));
  }
  CHECK(texts == std::vector<std::string>{"first", "second", "third"});
  // What comes alone waits for no other.
  const auto last = cache_fixture::message("last", "t", 4);
  f.receive(2, last);
  f.decide(f.tasks().back(), gossip::verdict_kind::accept);
  REQUIRE(reader.all<messages_delivered>().size() == 2);
  CHECK(reader.all<messages_delivered>()[1].msgs.size() == 1);
}

TEST_CASE("message cache: a duplicate is neither validated nor delivered") {
  cache_fixture f;
  const auto msg = cache_fixture::message("hello");
  f.receive(1, msg);
  f.decide(f.tasks()[0], gossip::verdict_kind::accept);
  f.receive(2, msg);
  CHECK(f.tasks().size() == 1);
  CHECK(f.subscriber.all<message_delivered>().size() == 1);
  CHECK(f.mesh.all<route_messages>().size() == 1);
}

TEST_CASE("message cache: a message is new again after the time configured") {
  gossip::parameters params;
  params.timers.seen_ttl = 3s;
  cache_fixture f{params};
  const auto msg = cache_fixture::message("hello");
  f.receive(1, msg);
  f.decide(f.tasks()[0], gossip::verdict_kind::accept);
  f.net.advance(2'999ms);
  f.receive(2, msg);
  CHECK(f.tasks().size() == 1);
  f.net.advance(1ms);
  f.receive(2, msg);
  CHECK(f.tasks().size() == 2);
}

TEST_CASE("message cache: a forged copy does not shadow the true one") {
  cache_fixture f;
  const auto forged = cache_fixture::message("forged");
  const auto good = cache_fixture::message("good");
  REQUIRE(forged->id() == good->id());
  f.receive(1, forged);
  f.receive(2, good);
  REQUIRE(f.tasks().size() == 1);
  f.decide(f.tasks()[0], gossip::verdict_kind::reject);
  REQUIRE(f.tasks().size() == 2);
  f.decide(f.tasks()[1], gossip::verdict_kind::accept);
  const auto got = f.subscriber.all<message_delivered>();
  REQUIRE(got.size() == 1);
  CHECK(to_string(got[0].msg->data()) == "good");
}

TEST_CASE("message cache: topics that are not joined are dropped at once") {
  cache_fixture f;
  f.receive(1, cache_fixture::message("hello", "other"));
  CHECK(f.tasks().empty());
  CHECK(f.peer.all<return_credit>().size() == 1);
  f.say(set_subscribers{"t", false, {}});
  f.receive(1, cache_fixture::message("hello"));
  CHECK(f.tasks().empty());
}

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

TEST_CASE("message cache: a large new message is announced before its verdict, "
          "its copies and a small one are not (1.2)") {
  cache_fixture f;
  const auto large = cache_fixture::message(std::string(1'024, 'x'));
  f.receive(1, large);
  REQUIRE(f.mesh.all<announce_messages>().size() == 1);
  CHECK(f.mesh.all<announce_messages>()[0].msgs.at(0).source
        == numbered_peer(1));
  f.receive(2, large);
  f.receive(1, cache_fixture::message(std::string(1'023, 'y')));
  CHECK(f.mesh.all<announce_messages>().size() == 1);
}

TEST_CASE("message cache: an invalid message is reported at once") {
  cache_fixture f;
  f.receive(1, cache_fixture::message("bad"));
  f.decide(f.tasks().at(0), gossip::verdict_kind::reject);
  const auto& reports = f.mesh.all<delivery_report>();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].entries.at(0).peer == numbered_peer(1));
  CHECK(reports[0].entries.at(0).what == delivery_report::kind::invalid);
}

TEST_CASE(
    "message cache: an IWANT that is not answered in time is held against "
    "the peer, an answered one is not") {
  cache_fixture f;
  const auto msg = cache_fixture::message("asked for");
  f.say(iwant_sent{numbered_peer(1), "never sent"});
  f.say(iwant_sent{numbered_peer(2), std::string{msg->id().raw()}});
  f.receive(2, msg);
  f.net.advance(std::chrono::milliseconds{3'001});
  f.say(shift_window{});
  const auto& told = f.mesh.all<misbehaved>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].peer == numbered_peer(1));
  CHECK(told[0].count == 1);
}

TEST_CASE(
    "message cache: an answer to IWANT that comes late takes back what was "
    "held against the peer") {
  cache_fixture f;
  const auto msg = cache_fixture::message("asked for");
  f.say(iwant_sent{numbered_peer(1), std::string{msg->id().raw()}});
  f.net.advance(std::chrono::milliseconds{3'001});
  f.say(shift_window{});
  REQUIRE(f.mesh.all<misbehaved>().size() == 1);
  f.receive(1, msg);
  REQUIRE(f.mesh.all<misbehaved>().size() == 2);
  CHECK(f.mesh.all<misbehaved>()[1].peer == numbered_peer(1));
  CHECK(f.mesh.all<misbehaved>()[1].count == -1);
}

TEST_CASE("message cache: a node whose own heartbeat is late gives its peers "
          "as much longer for their answers") {
  cache_fixture f;
  f.say(shift_window{});
  f.say(iwant_sent{numbered_peer(1), "asked for"});
  f.net.advance(std::chrono::seconds{10});
  f.say(shift_window{});
  CHECK(f.mesh.all<misbehaved>().empty());
  for (int i = 0; i < 3; ++i) {
    f.net.advance(std::chrono::seconds{1});
    f.say(shift_window{});
  }
  CHECK(f.mesh.all<misbehaved>().size() == 1);
}

TEST_CASE("message cache: an answer to IWANT that is refused at sight is an "
          "answer") {
  cache_fixture f;
  f.say(block_peer{numbered_peer(77)}); // the author
  const auto msg = cache_fixture::message("of a blocked author");
  f.say(iwant_sent{numbered_peer(2), std::string{msg->id().raw()}});
  f.receive(2, msg);
  f.net.advance(std::chrono::milliseconds{3'001});
  f.say(shift_window{});
  CHECK(f.mesh.all<misbehaved>().empty());
}
