#pragma once

#include "actors/pubsub/validator.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <any>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

/// A message as it is sent, without a signature.
inline gossip::message_ptr
unsigned_message(std::string_view data,
                 std::optional<libp2p::peer_id> author = {},
                 std::string_view topic = "t") {
  return gossip::build_message(
      {topic, as_bytes(data), std::move(author), std::nullopt}, nullptr,
      gossip::default_message_id);
}

/// A function that always says the same.
inline judge_function always(gossip::verdict_kind kind) {
  return
      [kind](const gossip::message&, const libp2p::peer_id&) { return kind; };
}

/// An actor that does.
inline judge_actor::behavior_type judge(judge_actor::pointer,
                                        gossip::verdict_kind kind) {
  return {[kind](const judge_message&) { return judgement{kind}; }};
}

/// One that keeps its answers to itself.
inline judge_actor::behavior_type silent_judge(judge_actor::pointer self, int) {
  using promise = caf::typed_response_promise<judgement>;
  auto kept = std::make_shared<std::vector<promise>>();
  return {[self, kept](const judge_message&) {
    kept->push_back(self->make_response_promise<judgement>());
    return kept->back();
  }};
}

/// A validator of messages without signatures, in virtual time.
struct validator_fixture {
  using verdict_kind = gossip::verdict_kind;

  /// What came of messages of our own.
  struct own_reply {
    std::optional<own_accepted> value;
    std::optional<node_errc> code;
    std::string error;

    bool pending() const { return !value && !code; }
  };

  validator_fixture()
      : cache{net.sys()}, validator{spawn_validator(net.sys(), context())} {}

  context_ptr context() {
    auto ctx = *virtual_system::context(1);
    ctx.config.policy = gossip::signing_policy::strict_no_sign;
    ctx.log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    ctx.log->set_pattern("%l %v");
    return std::make_shared<const node_context>(std::move(ctx));
  }

  void use(topic_validation validation) {
    use_all({{"t", std::move(validation)}});
  }

  void use_all(validation_table table, const judge_loads& loads = {}) {
    say(use_validation{
        std::make_shared<const validation_table>(std::move(table)), loads});
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(validator, std::move(msg));
    net.run();
  }

  /// Sends a message to be validated; its verdict comes in `verdicts`.
  void validate(const std::string& topic = "t",
                std::string_view data = "data") {
    say(validate_messages{
        {{unsigned_message(data, {}, topic), ++token, numbered_peer(7), false}},
        cache.as<message_cache_actor>()});
  }

  /// Asks whether messages of our own may be published.
  std::shared_ptr<own_reply>
  judge_ours(std::initializer_list<std::string_view> data) {
    auto result = std::make_shared<own_reply>();
    judge_own question;
    for (const auto& one : data)
      question.msgs.push_back(unsigned_message(one));
    net.sys().spawn([this, result, question](caf::event_based_actor* self) {
      ask(self, validator, std::chrono::hours{1}, question)
          .then([result](const own_accepted& got) { result->value = got; },
                [result](caf::error& why) {
                  result->code = static_cast<node_errc>(why.code());
                  result->error = reason_of(why);
                });
    });
    net.run();
    return result;
  }

  std::vector<gossip::verdict> results() const {
    std::vector<gossip::verdict> all;
    for (const auto& msg : cache.all<verdicts_reached>())
      for (const auto& one : msg.verdicts)
        all.push_back(one.result);
    return all;
  }

  std::vector<verdict_kind> verdicts() const {
    std::vector<verdict_kind> all;
    for (const auto& one : results())
      all.push_back(one.kind);
    return all;
  }

  /// Ends an actor that keeps promises, and is kept by them.
  template <class Handle>
  void end(const Handle& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    net.run();
  }

  std::string log() const { return log_.str(); }

private:
  std::ostringstream log_;

public:
  virtual_system net;
  recorder<verdicts_reached> cache;
  validator_actor validator;
  gossip::validation_token token = 0;
};

} // namespace grapevine::test
