#include "actors/node/empty_handles.hpp"
#include "actors/node/node_state.hpp"

#include <memory>
#include <utility>

// What the messages of topics must pass.

namespace grapevine {

caf::result<changed> node_state::validation(const set_validation& msg) {
  if (phase_ != phase::made && phase_ != phase::running)
    return not_running();
  if (msg.validation && has_empty_judge(*msg.validation))
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"a validator is empty"});
  validate_by(msg);
  if (phase_ == phase::made)
    return changed{};
  tell(self_, cache_,
       bound_validation{msg.topic,
                        msg.validation
                            ? std::optional{msg.validation->max_messages}
                            : std::nullopt});
  return use_validations();
}

void node_state::validate_by(const set_validation& msg) {
  if (!msg.validation) {
    config_.validation.erase(msg.topic);
    return;
  }
  auto& now_used = config_.validation[msg.topic];
  now_used = *msg.validation;
  now_used.timeout = bounded(now_used.timeout);
}

// Answered by the last validator: the others may still be at it.
caf::result<changed> node_state::use_validations() {
  auto promise = self_->make_response_promise<changed>();
  const auto answer = answer_later(promise);
  const auto done = [answer,
                     left = std::make_shared<std::size_t>(validators_.size())] {
    if (--*left == 0)
      answer(changed{});
  };
  const auto now_used = validations_now();
  for (const auto& one : validators_)
    ask_without_timeout(self_, one, now_used)
        .then([done](changed) { done(); },
              [done](const caf::error&) { done(); });
  return promise;
}

// A judge that stays keeps the count of what waits for it.
use_validation node_state::validations_now() {
  judge_loads loads;
  for (const auto& [topic, how] : config_.validation)
    for (const auto& judge : how.actors) {
      const auto who = judge.address();
      const auto known = judge_loads_.find(who);
      loads.emplace(who, known != judge_loads_.end()
                             ? known->second
                             : std::make_shared<load_gauge>());
    }
  judge_loads_ = std::move(loads);
  return {std::make_shared<const validation_table>(config_.validation),
          judge_loads_};
}

} // namespace grapevine
