#include "actors/validator.hpp"

namespace grapevine {

namespace {

using gossip::verdict_kind;

class validator_state {
public:
  explicit validator_state(context_ptr ctx) : ctx_{std::move(ctx)} {}

  verdicts_reached validate(const validate_messages& msg) {
    verdicts_reached result;
    result.verdicts.reserve(msg.tasks.size());
    for (const auto& task : msg.tasks)
      result.verdicts.push_back({task.msg->id(), task.token, check(task)});
    return result;
  }

private:
  gossip::verdict check(const gossip::validate_message& task) {
    const auto found =
        verifier_.verify(task.msg->fields(), ctx_->config.policy);
    if (found)
      return {};
    return {verdict_kind::reject, found.error()};
  }

  context_ptr ctx_;
  gossip::message_verifier verifier_;
};

validator_actor::behavior_type validator(validator_actor::pointer self,
                                         const context_ptr& ctx) {
  auto state = std::make_shared<validator_state>(ctx);
  return {
      [self, state](const validate_messages& msg) {
        tell(self, msg.reply_to, state->validate(msg));
      },
  };
}

} // namespace

validator_actor spawn_validator(caf::actor_system& sys, context_ptr ctx) {
  return sys.spawn(validator, std::move(ctx));
}

} // namespace grapevine
