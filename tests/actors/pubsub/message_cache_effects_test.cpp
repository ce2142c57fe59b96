// What becomes of messages: whom the cache tells.
#include "tests/support/cache_actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;
using namespace grapevine::test;

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

namespace {

context_ptr without_signatures() {
  return changed_context([](node_context& ctx) {
    ctx.config.policy = gossip::signing_policy::strict_no_sign;
  });
}

// With a second validator.
context_ptr two_validators(bool monotonic) {
  return changed_context([&](node_context& ctx) {
    ctx.config.validators = 2;
    ctx.config.monotonic_seqno = monotonic;
  });
}

} // namespace

TEST_CASE("message cache: a large message is announced once, though its first "
          "copy was forged") {
  cache_fixture f;
  const auto forged = cache_fixture::message(std::string(1'024, 'x'));
  const auto good = cache_fixture::message(std::string(1'024, 'y'));
  f.receive(1, forged);
  f.receive(2, good);
  f.decide(f.tasks().at(0), gossip::verdict_kind::reject);
  REQUIRE(f.tasks().size() == 2);
  CHECK(f.mesh.all<announce_messages>().size() == 1);
}

TEST_CASE("message cache: a large message that needs no validation is "
          "announced, too, before it is routed") {
  cache_fixture f{without_signatures()};
  f.receive(1, cache_fixture::anonymous(std::string(1'024, 'x')));
  f.receive(1, cache_fixture::anonymous(std::string(1'023, 'y')));
  REQUIRE(f.mesh.all<announce_messages>().size() == 1);
  CHECK(f.mesh.all<announce_messages>()[0].msgs.at(0).source
        == numbered_peer(1));
  // As the stand-in counts its types: routed messages are the first.
  CHECK(f.mesh.order() == std::vector<std::size_t>{2, 0, 0});
}

TEST_CASE("message cache: messages of one turn are announced and routed "
          "together, with those who sent them") {
  cache_fixture f;
  const auto first = cache_fixture::message(std::string(2'000, 'x'), "t", 1);
  const auto second = cache_fixture::message(std::string(2'000, 'y'), "t", 2);
  f.say(messages_received{f.from(1), {first, second}});
  REQUIRE(f.mesh.all<announce_messages>().size() == 1);
  CHECK(f.mesh.all<announce_messages>()[0].msgs.size() == 2);
  f.receive(2, second);
  verdicts_reached verdicts;
  for (const auto& task : f.tasks())
    verdicts.verdicts.push_back({task.msg->id(), task.token, {}});
  f.say(verdicts);
  REQUIRE(f.mesh.all<route_messages>().size() == 1);
  const auto& routed = f.mesh.all<route_messages>()[0].msgs;
  REQUIRE(routed.size() == 2);
  CHECK(routed[0].msg == first);
  CHECK(routed[0].source == numbered_peer(1));
  CHECK(routed[0].forwarders.empty());
  CHECK(routed[1].msg == second);
  REQUIRE(routed[1].forwarders.size() == 1);
  CHECK(routed[1].forwarders[0].peer == numbered_peer(2));
  CHECK(routed[1].forwarders[0].identical);
  // Nothing of it comes again.
  f.accept(1, cache_fixture::message("third", "t", 3));
  REQUIRE(f.mesh.all<route_messages>().size() == 2);
  CHECK(f.mesh.all<route_messages>()[1].msgs.size() == 1);
}

TEST_CASE("message cache: subscribers are told when a message was accepted") {
  cache_fixture f;
  const auto before = std::chrono::system_clock::now();
  f.accept(1, cache_fixture::message("hello"));
  const auto& got = f.subscriber.all<message_delivered>();
  REQUIRE(got.size() == 1);
  CHECK(got[0].received >= before);
  CHECK(got[0].received <= std::chrono::system_clock::now());
}

TEST_CASE("message cache: a topic without subscribers here is relayed all the "
          "same") {
  cache_fixture f;
  f.say(set_subscribers{"t", true, {}});
  f.accept(1, cache_fixture::message("hello"));
  CHECK(f.mesh.all<route_messages>().size() == 1);
  CHECK(f.snapshot().delivered == 1);
}

TEST_CASE("message cache: copies in time are reported with the next heartbeat, "
          "each with its age (P3)") {
  cache_fixture f;
  f.say(set_delivery_window{2s});
  const auto msg = cache_fixture::message("hello");
  f.accept(1, msg);
  f.net.advance(1s);
  f.receive(2, msg);
  f.receive(2, msg);
  f.net.advance(1001ms);
  f.receive(3, msg);
  CHECK(f.reported().empty());
  f.say(shift_window{});
  const auto reported = f.reported();
  REQUIRE(reported.size() == 1);
  CHECK(reported[0].peer == numbered_peer(2));
  CHECK(reported[0].topic == "t");
  CHECK(reported[0].what == delivery_report::kind::duplicate);
  CHECK(reported[0].age == 1s);
  // Once, and nothing where there is nothing.
  f.say(shift_window{});
  CHECK(f.mesh.all<delivery_report>().size() == 1);
}

TEST_CASE("message cache: how long copies count is what the topics' scores "
          "say") {
  cache_fixture f{changed_context([](node_context& ctx) {
    ctx.config.score.topics["t"].mesh_deliveries.window = 2s;
  })};
  const auto msg = cache_fixture::message("hello");
  f.accept(1, msg);
  f.receive(2, msg);
  f.say(shift_window{});
  CHECK(f.reported().size() == 1);
}

TEST_CASE("message cache: many copies in time are reported before the "
          "heartbeat") {
  cache_fixture f;
  f.say(set_delivery_window{2s});
  std::vector<gossip::message_ptr> msgs;
  for (std::uint64_t i = 0; i < 256; ++i)
    msgs.push_back(cache_fixture::message("hello", "t", i));
  f.say(publish_own_batch{msgs});
  const auto last = msgs.back();
  msgs.pop_back();
  f.say(messages_received{f.from(2), msgs});
  CHECK(f.reported().empty());
  f.receive(2, last);
  CHECK(f.reported().size() == 256);
}

TEST_CASE("message cache: an invalid message makes no hurry for what comes "
          "after it") {
  cache_fixture f;
  f.say(set_delivery_window{2s});
  f.receive_and_decide(1, cache_fixture::message("bad", "t", 1),
                       gossip::verdict_kind::reject);
  REQUIRE(f.reported().size() == 1);
  CHECK(f.reported()[0].topic == "t");
  const auto msg = cache_fixture::message("good", "t", 2);
  f.accept(1, msg);
  f.receive(2, msg);
  CHECK(f.reported().size() == 1);
  f.beat();
  CHECK(f.reported().size() == 2);
}

TEST_CASE("message cache: all who sent an invalid message answer for it, and "
          "who sends it again at once") {
  cache_fixture f;
  const auto bad = cache_fixture::message("bad");
  f.receive(1, bad);
  f.receive(2, bad);
  f.decide(f.tasks().at(0), gossip::verdict_kind::reject);
  REQUIRE(f.reported().size() == 2);
  f.receive(3, bad);
  REQUIRE(f.reported().size() == 3);
  CHECK(f.reported()[2].peer == numbered_peer(3));
  CHECK(f.reported()[2].what == delivery_report::kind::invalid);
}

TEST_CASE("message cache: validators take turns") {
  cache_fixture f{two_validators(false)};
  for (std::uint64_t i = 0; i < 4; ++i)
    f.receive(1, cache_fixture::message("x", "t", i));
  CHECK(f.tasks().size() == 2);
  CHECK(cache_fixture::tasks_of(f.other_validator).size() == 2);
  // What came together stays together.
  f.say(messages_received{f.from(1),
                          {cache_fixture::message("x", "t", 5),
                           cache_fixture::message("x", "t", 6)}});
  CHECK(f.tasks().size() % 2 == 0);
  for (const auto* one : {&f.validator, &f.other_validator})
    for (const auto& msg : one->all<validate_messages>())
      CHECK(msg.reply_to == f.cache);
}

TEST_CASE("message cache: where numbers must rise, all of an author's messages "
          "are validated by the same one, in order") {
  cache_fixture f{two_validators(true)};
  std::vector<gossip::message_ptr> msgs;
  for (std::uint64_t round = 0; round < 3; ++round)
    for (std::uint32_t author = 100; author < 120; ++author)
      msgs.push_back(cache_fixture::message_of(numbered_peer(author), "x", "t",
                                               round + 1));
  // Some of them in one turn, the others one by one.
  f.say(messages_received{f.from(1), {msgs.begin(), msgs.begin() + 40}});
  for (std::size_t i = 40; i < msgs.size(); ++i)
    f.receive(1, msgs[i]);
  std::size_t total = 0;
  for (std::uint32_t author = 100; author < 120; ++author) {
    std::vector<std::size_t> counts;
    for (const auto* one : {&f.validator, &f.other_validator}) {
      std::vector<std::string> ids;
      for (const auto& task : cache_fixture::tasks_of(*one))
        if (task.msg->author() == numbered_peer(author))
          ids.push_back(cache_fixture::id_of(task.msg));
      CHECK(std::ranges::is_sorted(ids));
      counts.push_back(ids.size());
      total += ids.size();
      for (const auto& msg : one->all<validate_messages>())
        CHECK(msg.reply_to == f.cache);
    }
    CHECK((counts[0] == 0 || counts[1] == 0));
  }
  CHECK(total == msgs.size());
  // The work is shared all the same.
  CHECK_FALSE(f.tasks().empty());
  CHECK_FALSE(cache_fixture::tasks_of(f.other_validator).empty());
}
