#include "actors/pubsub/validator.hpp"

#include "actors/pubsub/judges.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace grapevine {

namespace {

using gossip::verdict_kind;

// Messages of ours that are to be published together, or not at all.
struct own_messages {
  caf::typed_response_promise<own_accepted> promise;
  std::vector<std::any> values;
  std::size_t missing = 0;
  bool answered = false;
};

caf::error refusal_of(const judged& result, std::size_t which,
                      std::size_t count) {
  const auto code = result.why == judged::cause::busy ? node_errc::busy
                                                      : node_errc::not_accepted;
  auto text = result.refusal();
  if (count > 1)
    text = "message " + std::to_string(which + 1) + " of "
           + std::to_string(count) + ": " + text;
  return caf::make_error(code, std::move(text));
}

class validator_state {
public:
  validator_state(validator_actor::pointer self, context_ptr ctx)
      : self_{self}, ctx_{std::move(ctx)}, judges_{self, ctx_} {}

  changed use(const use_validation& msg) {
    judges_.use(msg.table, msg.loads);
    return {};
  }

  void validate(const validate_messages& msg) {
    verdicts_reached result;
    result.since = msg.since;
    result.verdicts.reserve(msg.tasks.size());
    for (const auto& task : msg.tasks)
      if (auto found = check(task, msg))
        result.verdicts.push_back(
            {task.msg->id(), task.token, std::move(*found)});
    if (!result.verdicts.empty())
      tell(self_, msg.reply_to, std::move(result));
  }

  // A batch with a message that is refused goes no further.
  caf::result<own_accepted> judge(const judge_own& msg) {
    const auto count = msg.msgs.size();
    const auto all = std::make_shared<own_messages>();
    all->promise = self_->make_response_promise<own_accepted>();
    all->values.resize(count);
    all->missing = count;
    if (count == 0)
      all->promise.deliver(own_accepted{});
    for (std::size_t i = 0; i < count && !all->answered; ++i) {
      auto result = judges_.judge(msg.msgs[i], {}, [&] {
        return [all, i](judged late) { settle(*all, i, std::move(late)); };
      });
      if (result)
        settle(*all, i, std::move(*result));
    }
    return all->promise;
  }

  void expire() { judges_.expire(); }

private:
  // The verdict; nothing if it comes later.
  std::optional<gossip::verdict> check(const gossip::validate_message& task,
                                       const validate_messages& from) {
    const auto good = verifier_.verify(task.msg->fields(), ctx_->config.policy);
    if (!good)
      return gossip::verdict{verdict_kind::reject, good.error()};
    auto result = judges_.judge(task.msg, task.source, [&] {
      return [this, id = task.msg->id(), token = task.token, to = from.reply_to,
              since = from.since](judged late) {
        tell(self_, to,
             verdicts_reached{{{id, token, verdict_of(std::move(late))}},
                              since});
      };
    });
    if (!result)
      return std::nullopt;
    return verdict_of(std::move(*result));
  }

  static gossip::verdict verdict_of(judged result) {
    return {result.kind, gossip::reject_reason::validator,
            std::move(result.value)};
  }

  static void settle(own_messages& all, std::size_t which, judged result) {
    if (all.answered)
      return;
    if (!result.accepted()) {
      all.answered = true;
      all.promise.deliver(refusal_of(result, which, all.values.size()));
      return;
    }
    all.values[which] = std::move(result.value);
    if (--all.missing > 0)
      return;
    all.answered = true;
    all.promise.deliver(own_accepted{std::move(all.values)});
  }

  validator_actor::pointer self_;
  context_ptr ctx_;
  judges judges_;
  gossip::message_verifier verifier_;
};

validator_actor::behavior_type validator(validator_actor::pointer self,
                                         const context_ptr& ctx) {
  auto state = std::make_shared<validator_state>(self, ctx);
  return {
      [state](const validate_messages& msg) { state->validate(msg); },
      [state](const judge_own& msg) { return state->judge(msg); },
      [state](judges_due) { state->expire(); },
      [state](const use_validation& msg) { return state->use(msg); },
      [self](const tell_counts& msg) {
        tell(self, msg.to, validator_counts{msg.question.answered(now(self))});
      },
  };
}

} // namespace

validator_actor spawn_validator(caf::actor_system& sys, context_ptr ctx) {
  return sys.spawn(validator, std::move(ctx));
}

} // namespace grapevine
