#include "tests/support/validator_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace grapevine;
using namespace grapevine::test;
using gossip::verdict_kind;

TEST_CASE("validator: each of the three verdicts of a topic's function") {
  const auto kind = GENERATE(verdict_kind::accept, verdict_kind::reject,
                             verdict_kind::ignore);
  validator_fixture f;
  f.use({.functions = {always(kind)}, .actors = {}});
  f.validate();
  CHECK(f.verdicts() == std::vector{kind});
}

TEST_CASE("validator: a function sees the message and who sent it") {
  validator_fixture f;
  std::string seen;
  libp2p::peer_id source;
  f.use({.functions = {[&](const gossip::message& msg,
                           const libp2p::peer_id& from) {
           seen = to_string(msg.data());
           source = from;
           return verdict_kind::accept;
         }},
         .actors = {}});
  f.validate();
  CHECK(seen == "data");
  CHECK(source == numbered_peer(7));
}

TEST_CASE("validator: all functions and actors of a topic must accept") {
  const auto first = GENERATE(verdict_kind::accept, verdict_kind::reject,
                              verdict_kind::ignore);
  const auto second = GENERATE(verdict_kind::accept, verdict_kind::reject,
                               verdict_kind::ignore);
  validator_fixture f;
  SECTION("functions") {
    f.use({.functions = {always(first), always(second)}, .actors = {}});
  }
  SECTION("actors") {
    f.use({.functions = {},
           .actors = {f.net.sys().spawn(judge, first),
                      f.net.sys().spawn(judge, second)}});
  }
  SECTION("one of each") {
    f.use({.functions = {always(first)},
           .actors = {f.net.sys().spawn(judge, second)}});
  }
  f.validate();
  REQUIRE(f.verdicts().size() == 1);
  const bool both =
      first == verdict_kind::accept && second == verdict_kind::accept;
  CHECK((f.verdicts()[0] == verdict_kind::accept) == both);
}

TEST_CASE("validator: an actor that rejects outweighs one that ignores") {
  validator_fixture f;
  f.use({.functions = {},
         .actors = {f.net.sys().spawn(judge, verdict_kind::ignore),
                    f.net.sys().spawn(judge, verdict_kind::reject)}});
  f.validate();
  CHECK(f.verdicts() == std::vector{verdict_kind::reject});
}

TEST_CASE("validator: one that fails or is late ignores the message") {
  validator_fixture f;
  SECTION("a function that throws") {
    f.use({.functions = {[](const auto&, const auto&) -> verdict_kind {
             throw std::runtime_error{"no"};
           }},
           .actors = {}});
    f.validate();
  }
  SECTION("an actor that does not answer") {
    const auto silent = f.net.sys().spawn(silent_judge, 0);
    f.use({.functions = {}, .actors = {silent}, .timeout = 2s});
    f.validate();
    CHECK(f.verdicts().empty());
    f.net.advance(2s);
    // What it keeps keeps it.
    caf::anon_send_exit(silent, caf::exit_reason::user_shutdown);
    f.net.run();
  }
  CHECK(f.verdicts() == std::vector{verdict_kind::ignore});
}

TEST_CASE("validator: other topics are not its concern, nor its own when it is "
          "removed") {
  validator_fixture f;
  f.use({.functions = {always(verdict_kind::reject)}, .actors = {}});
  f.validate("other");
  f.validate();
  f.say(use_validation{std::make_shared<const validation_table>()});
  f.validate();
  CHECK(f.verdicts()
        == std::vector{verdict_kind::accept, verdict_kind::reject,
                       verdict_kind::accept});
}

namespace {

// Counts whom it is asked about.
judge_actor::behavior_type
counting_judge(judge_actor::pointer,
               const std::shared_ptr<std::vector<judge_message>>& asked) {
  return {[asked](const judge_message& msg) {
    asked->push_back(msg);
    return judgement{};
  }};
}

} // namespace

TEST_CASE(
    "validator: what breaks the signing policy is rejected before anybody "
    "judges it, and it is said why") {
  validator_fixture f;
  bool judged = false;
  const auto asked = std::make_shared<std::vector<judge_message>>();
  f.use({.functions = {[&](const auto&, const auto&) {
           judged = true;
           return verdict_kind::accept;
         }},
         .actors = {f.net.sys().spawn(counting_judge, asked)}});
  f.say(validate_messages{
      {{unsigned_message("x", numbered_peer(7)), 1, numbered_peer(7), false}},
      f.cache.as<message_cache_actor>()});
  REQUIRE(f.verdicts() == std::vector{verdict_kind::reject});
  CHECK(f.cache.all<verdicts_reached>()[0].verdicts[0].result.reason
        == gossip::reject_reason::unexpected_author);
  CHECK_FALSE(judged);
  CHECK(asked->empty());
}

TEST_CASE("validator: the policy is the configured one") {
  virtual_system net;
  recorder<verdicts_reached> cache{net.sys()};
  const auto ctx = virtual_system::context(1);
  const auto validator = spawn_validator(net.sys(), ctx);
  const gossip::message_signer signer{ctx->config.identity};
  const auto good = gossip::build_message({"t", as_bytes("x"), std::nullopt, 1},
                                          &signer, gossip::default_message_id);
  tell_from_outside(
      validator,
      validate_messages{{{good, 1, numbered_peer(7), false},
                         {unsigned_message("x"), 2, numbered_peer(7), false}},
                        cache.as<message_cache_actor>()});
  net.run();
  REQUIRE(cache.all<verdicts_reached>().size() == 1);
  const auto& verdicts = cache.all<verdicts_reached>()[0].verdicts;
  REQUIRE(verdicts.size() == 2);
  CHECK(verdicts[0].result.kind == verdict_kind::accept);
  CHECK(verdicts[0].token == 1);
  CHECK(verdicts[0].id == good->id());
  CHECK(verdicts[1].result.kind == verdict_kind::reject);
  CHECK(verdicts[1].result.reason == gossip::reject_reason::missing_signature);
}

TEST_CASE("validator: what comes together is decided together, but for what "
          "actors are asked about") {
  validator_fixture f;
  f.use({.functions = {[](const gossip::message& msg, const auto&) {
           return to_string(msg.data()) == "bad" ? verdict_kind::reject
                                                 : verdict_kind::accept;
         }},
         .actors = {f.net.sys().spawn(judge, verdict_kind::ignore)}});
  const auto other =
      gossip::build_message({"u", as_bytes("x"), std::nullopt, std::nullopt},
                            nullptr, gossip::default_message_id);
  const auto from = numbered_peer(7);
  f.say(validate_messages{{{unsigned_message("bad"), 1, from, false},
                           {unsigned_message("good"), 2, from, false},
                           {other, 3, from, false}},
                          f.cache.as<message_cache_actor>()});
  const auto& all = f.cache.all<verdicts_reached>();
  REQUIRE(all.size() == 2);
  REQUIRE(all[0].verdicts.size() == 2);
  CHECK(all[0].verdicts[0].token == 1);
  CHECK(all[0].verdicts[0].result.kind == verdict_kind::reject);
  CHECK(all[0].verdicts[0].result.reason == gossip::reject_reason::validator);
  CHECK(all[0].verdicts[1].token == 3);
  CHECK(all[0].verdicts[1].result.kind == verdict_kind::accept);
  REQUIRE(all[1].verdicts.size() == 1);
  CHECK(all[1].verdicts[0].token == 2);
  CHECK(all[1].verdicts[0].id == unsigned_message("good")->id());
  CHECK(all[1].verdicts[0].result.kind == verdict_kind::ignore);
}

TEST_CASE("validator: the first function that does not accept decides, and no "
          "other one is asked") {
  const auto kind = GENERATE(verdict_kind::reject, verdict_kind::ignore);
  const auto later = kind == verdict_kind::reject ? verdict_kind::ignore
                                                  : verdict_kind::reject;
  validator_fixture f;
  int calls = 0;
  const auto counted = [&](verdict_kind result) -> judge_function {
    return [&calls, result](const gossip::message&, const libp2p::peer_id&) {
      ++calls;
      return result;
    };
  };
  const auto asked = std::make_shared<std::vector<judge_message>>();
  f.use({.functions = {counted(verdict_kind::accept), counted(kind),
                       counted(later)},
         .actors = {f.net.sys().spawn(counting_judge, asked)}});
  f.validate();
  CHECK(f.verdicts() == std::vector{kind});
  CHECK(calls == 2);
  CHECK(asked->empty());
}

TEST_CASE("validator: an actor sees the message and who sent it") {
  validator_fixture f;
  const auto asked = std::make_shared<std::vector<judge_message>>();
  f.use(
      {.functions = {}, .actors = {f.net.sys().spawn(counting_judge, asked)}});
  f.validate();
  REQUIRE(asked->size() == 1);
  CHECK(to_string(asked->front().msg->data()) == "data");
  CHECK(asked->front().source == numbered_peer(7));
  CHECK(f.verdicts() == std::vector{verdict_kind::accept});
}

TEST_CASE("validator: of actors' verdicts the most severe counts, in whatever "
          "order they come") {
  using enum verdict_kind;
  validator_fixture f;
  const auto judges = [&](std::initializer_list<verdict_kind> kinds) {
    topic_validation result;
    for (const auto kind : kinds)
      result.actors.push_back(f.net.sys().spawn(judge, kind));
    f.use(std::move(result));
    f.validate();
    return f.verdicts().back();
  };
  CHECK(judges({reject, ignore}) == reject);
  CHECK(judges({ignore, reject}) == reject);
  CHECK(judges({accept, reject, accept}) == reject);
  CHECK(judges({accept, ignore}) == ignore);
  CHECK(judges({ignore, accept}) == ignore);
  CHECK(judges({accept, accept, accept}) == accept);
  // Each once, when the last one has answered.
  CHECK(f.verdicts().size() == 6);
}

TEST_CASE("validator: all actors are waited for, as long as configured") {
  validator_fixture f;
  const auto silent = f.net.sys().spawn(silent_judge, 0);
  f.use({.functions = {},
         .actors = {f.net.sys().spawn(judge, verdict_kind::reject), silent},
         .timeout = 2s});
  f.validate();
  f.net.advance(1'999ms);
  CHECK(f.verdicts().empty());
  f.net.advance(1ms);
  CHECK(f.verdicts() == std::vector{verdict_kind::reject});
  caf::anon_send_exit(silent, caf::exit_reason::user_shutdown);
  f.net.run();
}

TEST_CASE("validator: an actor that has ended, and a function that throws "
          "anything, ignore the message") {
  validator_fixture f;
  SECTION("an actor") {
    const auto gone = f.net.sys().spawn(judge, verdict_kind::accept);
    caf::anon_send_exit(gone, caf::exit_reason::user_shutdown);
    f.net.run();
    f.use({.functions = {}, .actors = {gone}});
  }
  SECTION("a function") {
    f.use({.functions = {[](const auto&, const auto&) -> verdict_kind {
             throw 42;
           }},
           .actors = {}});
  }
  f.validate();
  CHECK(f.verdicts() == std::vector{verdict_kind::ignore});
}

TEST_CASE("validator: the configured judges judge from the start") {
  auto ctx = *virtual_system::context(1);
  ctx.config.policy = gossip::signing_policy::strict_no_sign;
  ctx.config.validation["t"] = {.functions = {always(verdict_kind::reject)},
                                .actors = {}};
  virtual_system net;
  recorder<verdicts_reached> cache{net.sys()};
  const auto validator = spawn_validator(
      net.sys(), std::make_shared<const node_context>(std::move(ctx)));
  tell_from_outside(
      validator,
      validate_messages{{{unsigned_message("x"), 1, numbered_peer(7), false}},
                        cache.as<message_cache_actor>()});
  net.run();
  REQUIRE(cache.all<verdicts_reached>().size() == 1);
  CHECK(cache.all<verdicts_reached>()[0].verdicts[0].result.kind
        == verdict_kind::reject);
}
