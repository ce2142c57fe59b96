#include "actors/validator.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace grapevine;
using namespace grapevine::test;
using gossip::verdict_kind;

namespace {

// A validator of messages without signatures, in virtual time.
struct validator_fixture {
  validator_fixture()
      : cache{net.sys()}, validator{spawn_validator(net.sys(), context())} {}

  static context_ptr context() {
    auto ctx = *virtual_system::context(1);
    ctx.config.policy = gossip::signing_policy::strict_no_sign;
    return std::make_shared<const node_context>(std::move(ctx));
  }

  void use(topic_validation validation) {
    auto table = std::make_shared<validation_table>();
    table->emplace("t", std::move(validation));
    say(use_validation{std::move(table)});
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(validator, std::move(msg));
    net.run();
  }

  // Sends a message to be validated; its verdict comes in `verdicts`.
  void validate(const std::string& topic = "t") {
    const auto msg = gossip::build_message(
        {topic, as_bytes("data"), std::nullopt, std::nullopt}, nullptr,
        gossip::default_message_id);
    say(validate_messages{{{msg, ++token, numbered_peer(7), false}},
                          cache.as<message_cache_actor>()});
  }

  std::vector<verdict_kind> verdicts() const {
    std::vector<verdict_kind> result;
    for (const auto& msg : cache.all<verdicts_reached>())
      for (const auto& one : msg.verdicts)
        result.push_back(one.result.kind);
    return result;
  }

  virtual_system net;
  recorder<verdicts_reached> cache;
  validator_actor validator;
  gossip::validation_token token = 0;
};

judge_function always(verdict_kind kind) {
  return
      [kind](const gossip::message&, const libp2p::peer_id&) { return kind; };
}

judge_actor::behavior_type judge(judge_actor::pointer, verdict_kind kind) {
  return {[kind](const judge_message&) { return judgement{kind}; }};
}

// One that keeps its answers to itself.
judge_actor::behavior_type silent_judge(judge_actor::pointer self, int) {
  using promise = caf::typed_response_promise<judgement>;
  auto kept = std::make_shared<std::vector<promise>>();
  return {[self, kept](const judge_message&) {
    kept->push_back(self->make_response_promise<judgement>());
    return kept->back();
  }};
}

} // namespace

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
