#include "tests/support/cache_actor_fixture.hpp"
#include "tests/support/changed_context.hpp"
#include "tests/support/log_lines.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

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

TEST_CASE("message cache: the configuration blocks peers from the start, and a "
          "peer is blocked until it no longer is") {
  cache_fixture f{changed_context([](node_context& ctx) {
    ctx.config.blocked_peers = {numbered_peer(1)};
  })};
  f.receive(1, cache_fixture::message("first", "t", 1));
  CHECK(f.tasks().empty());
  f.say(block_peer{numbered_peer(1), false});
  f.receive(1, cache_fixture::message("second", "t", 2));
  CHECK(f.tasks().size() == 1);
  f.say(block_peer{numbered_peer(1), true});
  f.receive(1, cache_fixture::message("third", "t", 3));
  CHECK(f.tasks().size() == 1);
  CHECK(f.snapshot().rejected == 2);
  // That is held against nobody.
  CHECK(f.reported().empty());
}

TEST_CASE("message cache: this node's messages that others bring are its own, "
          "and not asked for") {
  cache_fixture f;
  const auto own = cache_fixture::message_of(f.ctx->self, "before a restart");
  f.receive(1, own);
  CHECK(f.tasks().empty());
  CHECK(f.snapshot().duplicates == 1);
  f.say(ihave_received{f.from(2), {cache_fixture::id_of(own)}});
  CHECK(f.peer.all<send_control>().empty());
}

TEST_CASE("message cache: where ids are not the default ones, what looks like "
          "its own is asked for") {
  cache_fixture f{changed_context([](node_context& ctx) {
    ctx.config.message_ids = gossip::message_ids{
        [](const proto::message_view&) { return std::string{"id"}; }};
  })};
  const auto own = cache_fixture::message_of(f.ctx->self, "data");
  f.say(ihave_received{f.from(2), {cache_fixture::id_of(own)}});
  CHECK(f.peer.all<send_control>().size() == 1);
}

TEST_CASE("message cache: by the other strategy an id stays seen as long as "
          "copies come") {
  const auto strategy = GENERATE(gossip::seen_strategy::first_seen,
                                 gossip::seen_strategy::last_seen);
  cache_fixture f{changed_context([&](node_context& ctx) {
    ctx.config.params.timers.seen_ttl = 3s;
    ctx.config.seen = strategy;
  })};
  const auto msg = cache_fixture::message("hello");
  f.accept(1, msg);
  f.net.advance(2s);
  f.receive(2, msg);
  f.net.advance(2s);
  f.receive(2, msg);
  const bool prolonged = strategy == gossip::seen_strategy::last_seen;
  CHECK(f.tasks().size() == (prolonged ? 1 : 2));
}

TEST_CASE("message cache: numbers need not rise, unless configured") {
  const bool monotonic = GENERATE(false, true);
  cache_fixture f{changed_context(
      [&](node_context& ctx) { ctx.config.monotonic_seqno = monotonic; })};
  f.accept(1, cache_fixture::message("later", "t", 5));
  f.receive(1, cache_fixture::message("earlier", "t", 4));
  CHECK(f.tasks().size() == (monotonic ? 1 : 2));
  CHECK(f.snapshot().ignored == (monotonic ? 1 : 0));
}

TEST_CASE("message cache: the credit of a peer that left is given to nobody") {
  cache_fixture f;
  recorder<return_credit> former{f.net.sys()};
  const peer_ref peer{numbered_peer(3), former.as<peer_actor>()};
  f.say(peer_joined{peer, inbound_peer, {}});
  f.say(messages_received{peer, {cache_fixture::message("hello")}});
  f.say(peer_left{peer.id, former.actor().address()});
  f.decide(f.tasks().at(0), gossip::verdict_kind::accept);
  CHECK(former.all<return_credit>().empty());
}

TEST_CASE("message cache: when a peer comes back by another actor, the end of "
          "the first one takes nothing from it") {
  cache_fixture f;
  recorder<return_credit> former{f.net.sys()};
  recorder<return_credit> latter{f.net.sys()};
  const auto id = numbered_peer(3);
  const peer_ref peer{id, latter.as<peer_actor>()};
  f.say(peer_joined{{id, former.as<peer_actor>()}, inbound_peer, {}});
  f.say(peer_joined{peer, inbound_peer, {}});
  f.say(messages_received{peer, {cache_fixture::message("hello")}});
  f.say(peer_left{id, former.actor().address()});
  f.decide(f.tasks().at(0), gossip::verdict_kind::accept);
  CHECK(former.all<return_credit>().empty());
  CHECK(latter.all<return_credit>().size() == 1);
}

TEST_CASE("message cache: credit comes at once for what is dropped, and with "
          "the verdict for the rest, all of a turn together") {
  cache_fixture f;
  const auto first = cache_fixture::message("first", "t", 1);
  const auto second = cache_fixture::message("the second one", "t", 2);
  const auto other = cache_fixture::message("of another topic", "other", 3);
  f.say(messages_received{f.from(1), {first, other, second, other}});
  const auto& credit = f.peer.all<return_credit>();
  REQUIRE(credit.size() == 1);
  CHECK(credit[0].messages == 2);
  CHECK(credit[0].bytes == 2 * other->encoded().size());
  verdicts_reached verdicts;
  for (const auto& task : f.tasks())
    verdicts.verdicts.push_back({task.msg->id(), task.token, {}});
  REQUIRE(verdicts.verdicts.size() == 2);
  f.say(verdicts);
  REQUIRE(credit.size() == 2);
  CHECK(credit[1].messages == 2);
  CHECK(credit[1].bytes == first->encoded().size() + second->encoded().size());
}

TEST_CASE("message cache: an own message is delivered here and routed, the "
          "same once more is neither") {
  cache_fixture f;
  const auto msg = cache_fixture::message("mine");
  CHECK_FALSE(f.answer_to<publish_receipt>(publish_own{msg}));
  REQUIRE(f.mesh.all<route_own>().size() == 1);
  CHECK(f.mesh.all<route_own>()[0].msg == msg);
  CHECK(f.mesh.all<route_messages>().empty());
  const auto& got = f.subscriber.all<message_delivered>();
  REQUIRE(got.size() == 1);
  CHECK(got[0].source.empty());
  CHECK(got[0].msg == msg);
  const auto again = f.answer_to<publish_receipt>(publish_own{msg});
  REQUIRE(again);
  CHECK(again->duplicate);
  CHECK(again->peers == 0);
  CHECK(again->id == msg->id());
  CHECK(f.mesh.all<route_own>().size() == 1);
  CHECK(got.size() == 1);
}

TEST_CASE("message cache: of a batch those that were published before are "
          "marked") {
  cache_fixture f;
  const auto first = cache_fixture::message("first", "t", 1);
  const auto second = cache_fixture::message("second", "t", 2);
  f.say(publish_own{first});
  f.say(publish_own_batch{{first, second, second}});
  REQUIRE(f.mesh.all<route_batch>().size() == 1);
  const auto& batch = f.mesh.all<route_batch>()[0].msgs;
  REQUIRE(batch.size() == 3);
  CHECK(batch[0].duplicate);
  CHECK_FALSE(batch[1].duplicate);
  CHECK(batch[1].msg == second);
  CHECK(batch[2].duplicate);
  CHECK(f.subscriber.all<message_delivered>().size() == 2);
}

TEST_CASE("message cache: a topic's bound of validations holds until it is "
          "lifted, and for that topic") {
  cache_fixture f;
  f.say(set_subscribers{"u", true, {}});
  f.say(bound_validation{"t", 1});
  f.receive(1, cache_fixture::message("first", "t", 1));
  f.receive(1, cache_fixture::message("second", "t", 2));
  CHECK(f.tasks().size() == 1);
  CHECK(f.snapshot().throttled == 1);
  CHECK(f.snapshot().validating == 1);
  f.receive(1, cache_fixture::message("third", "u", 3));
  CHECK(f.tasks().size() == 2);
  f.say(bound_validation{"t", std::nullopt});
  f.receive(1, cache_fixture::message("fourth", "t", 4));
  CHECK(f.tasks().size() == 3);
}

TEST_CASE("message cache: what nobody signs is validated only where somebody "
          "judges it") {
  cache_fixture f{changed_context([](node_context& ctx) {
    ctx.config.policy = gossip::signing_policy::strict_no_sign;
  })};
  f.receive(1, cache_fixture::anonymous("first"));
  CHECK(f.tasks().empty());
  CHECK(f.subscriber.all<message_delivered>().size() == 1);
  CHECK(f.mesh.all<route_messages>().size() == 1);
  f.say(bound_validation{"u", 10});
  f.receive(1, cache_fixture::anonymous("second"));
  CHECK(f.tasks().empty());
  f.say(bound_validation{"t", 10});
  f.receive(1, cache_fixture::anonymous("third"));
  CHECK(f.tasks().size() == 1);
  f.say(bound_validation{"t", std::nullopt});
  f.receive(1, cache_fixture::anonymous("fourth"));
  CHECK(f.tasks().size() == 1);
  CHECK(f.subscriber.all<message_delivered>().size() == 3);
  // One with an author is not as it must be.
  f.receive(1, cache_fixture::message("signed"));
  CHECK(f.tasks().size() == 2);
}

TEST_CASE("message cache: where all topics are judged no message goes past the "
          "validators, and their bound is that of topics without one") {
  cache_fixture f{changed_context([](node_context& ctx) {
    ctx.config.policy = gossip::signing_policy::strict_no_sign;
  })};
  f.say(set_subscribers{"u", true, {}});
  f.say(bound_validation{"", 1});
  f.say(bound_validation{"u", 2});
  f.receive(1, cache_fixture::anonymous("first"));
  f.receive(1, cache_fixture::anonymous("second"));
  CHECK(f.tasks().size() == 1);
  CHECK(f.snapshot().throttled == 1);
  f.receive(1, cache_fixture::anonymous("third", "u"));
  f.receive(1, cache_fixture::anonymous("fourth", "u"));
  CHECK(f.tasks().size() == 3);
  f.say(bound_validation{"u", std::nullopt});
  f.say(bound_validation{"", std::nullopt});
  f.receive(1, cache_fixture::anonymous("fifth"));
  f.receive(1, cache_fixture::anonymous("sixth"));
  CHECK(f.tasks().size() == 3);
  CHECK(f.subscriber.all<message_delivered>().size() == 2);
}

TEST_CASE("message cache: what validators attached comes to the subscribers, "
          "of others' messages and of our own") {
  cache_fixture f;
  recorder<messages_delivered> batches{f.net.sys()};
  f.say(set_subscribers{
      "t", true, {{f.subscriber.actor(), false}, {batches.actor(), true}}});
  f.receive(1, cache_fixture::message("theirs", "t", 1));
  const auto task = f.tasks().back();
  f.say(verdicts_reached{{{task.msg->id(),
                           task.token,
                           {gossip::verdict_kind::accept, {}, std::any{1}}}}});
  f.say(publish_own{cache_fixture::message("ours", "t", 2), std::any{2}});
  f.say(publish_own_batch{{cache_fixture::message("ours", "t", 3),
                           cache_fixture::message("ours", "t", 4)},
                          {std::any{}, std::any{4}}});
  std::vector<int> singles;
  for (const auto& one : f.subscriber.all<message_delivered>())
    singles.push_back(one.value.has_value() ? std::any_cast<int>(one.value)
                                            : 0);
  CHECK(singles == std::vector{1, 2, 0, 4});
  std::vector<int> batched;
  for (const auto& msg : batches.all<messages_delivered>())
    for (const auto& one : msg.msgs)
      batched.push_back(one.value.has_value() ? std::any_cast<int>(one.value)
                                              : 0);
  CHECK(batched == singles);
}

TEST_CASE("message cache: other subscribers get what comes from then on") {
  cache_fixture f;
  f.accept(1, cache_fixture::message("first", "t", 1));
  recorder<message_delivered> late{f.net.sys()};
  f.say(set_subscribers{"t", true, {{late.actor(), false}}});
  f.accept(1, cache_fixture::message("second", "t", 2));
  CHECK(f.subscriber.all<message_delivered>().size() == 1);
  REQUIRE(late.all<message_delivered>().size() == 1);
  CHECK(to_string(late.all<message_delivered>()[0].msg->data()) == "second");
}

TEST_CASE("message cache: it counts what came and what it holds") {
  cache_fixture f;
  const auto good = cache_fixture::message("good", "t", 1);
  f.accept(1, good);
  f.receive(2, good);
  f.receive(1, good);
  f.receive_and_decide(1, cache_fixture::message("bad", "t", 2),
                       gossip::verdict_kind::reject);
  f.receive_and_decide(1, cache_fixture::message("odd", "t", 3),
                       gossip::verdict_kind::ignore);
  f.receive(1, cache_fixture::message("open", "t", 4));
  const auto now = f.snapshot();
  CHECK(now.delivered == 1);
  CHECK(now.duplicates == 2);
  CHECK(now.rejected == 1);
  CHECK(now.ignored == 1);
  CHECK(now.throttled == 0);
  CHECK(now.gated == 0);
  CHECK(now.broken_promises == 0);
  CHECK(now.validating == 1);
  CHECK(now.seen == 4);
}

TEST_CASE("message cache: what is rejected is told at warning, once for each "
          "peer and reason, and then how often") {
  log_lines log;
  cache_fixture f{changed_context(log.into())};
  std::uint64_t seqno = 0;
  const auto reject = [&](std::uint32_t peer, gossip::reject_reason why) {
    f.receive(peer, cache_fixture::message("x", "t", ++seqno));
    const auto task = f.tasks().back();
    f.say(verdicts_reached{
        {{task.msg->id(), task.token, {gossip::verdict_kind::reject, why}}}});
  };
  using enum gossip::reject_reason;
  for (int i = 0; i < 3; ++i)
    reject(1, missing_signature);
  reject(1, bad_signature);
  reject(2, missing_signature);
  const auto first = to_string(numbered_peer(1));
  CHECK(log.count("message rejected: missing signature", "warning") == 2);
  CHECK(log.count("--policy", "warning") == 2);
  CHECK(log.count("message rejected: bad signature peer=" + first) == 1);
  f.beat(61);
  CHECK(log.count("2 more messages rejected: missing signature peer=" + first)
        == 1);
  CHECK(log.count("more messages rejected") == 1);
}
