#include "actors/pubsub/validator.hpp"

#include <exception>
#include <memory>
#include <optional>

namespace grapevine {

namespace {

using gossip::verdict_kind;

// A message that several actors are asked about.
struct pending_judgement {
  message_verdict verdict;
  message_cache_actor reply_to;
  std::optional<time_point> since;
  std::size_t missing = 0;
};

// The more severe of two verdicts.
verdict_kind worse(verdict_kind a, verdict_kind b) {
  if (a == verdict_kind::reject || b == verdict_kind::reject)
    return verdict_kind::reject;
  return a == verdict_kind::ignore ? a : b;
}

class validator_state {
public:
  validator_state(validator_actor::pointer self, context_ptr ctx)
      : self_{self}, ctx_{std::move(ctx)},
        table_{std::make_shared<validation_table>(ctx_->config.validation)} {}

  changed use(const use_validation& msg) {
    table_ = msg.table;
    return {};
  }

  void validate(const validate_messages& msg) {
    verdicts_reached result;
    result.since = msg.since;
    result.verdicts.reserve(msg.tasks.size());
    for (const auto& task : msg.tasks) {
      message_verdict verdict{task.msg->id(), task.token, check(task)};
      const auto* topic = validation_of(task);
      if (verdict.result.kind == verdict_kind::accept && topic != nullptr
          && !topic->actors.empty())
        ask_actors(*topic, task, std::move(verdict), msg);
      else
        result.verdicts.push_back(std::move(verdict));
    }
    if (!result.verdicts.empty())
      tell(self_, msg.reply_to, std::move(result));
  }

private:
  const topic_validation*
  validation_of(const gossip::validate_message& task) const {
    if (table_->empty())
      return nullptr;
    const auto i = table_->find(task.msg->topic());
    return i == table_->end() ? nullptr : &i->second;
  }

  gossip::verdict check(const gossip::validate_message& task) {
    const auto found =
        verifier_.verify(task.msg->fields(), ctx_->config.policy);
    if (!found)
      return {verdict_kind::reject, found.error()};
    const auto* topic = validation_of(task);
    if (topic == nullptr)
      return {};
    for (const auto& judge : topic->functions)
      if (const auto kind = call(judge, task); kind != verdict_kind::accept)
        return {kind, gossip::reject_reason::validator};
    return {};
  }

  verdict_kind call(const judge_function& judge,
                    const gossip::validate_message& task) const {
    try {
      return judge(*task.msg, task.source).verdict;
    } catch (const std::exception& e) {
      failed(task.msg->topic(), e.what());
    } catch (...) {
      failed(task.msg->topic(), "it threw what is no exception");
    }
    return verdict_kind::ignore;
  }

  void failed(std::string_view topic, const std::string& why) const {
    ctx_->log->error("a validator failed, the message is ignored: {} "
                     "topic=\"{}\"",
                     why, escaped(topic));
  }

  void ask_actors(const topic_validation& topic,
                  const gossip::validate_message& task, message_verdict verdict,
                  const validate_messages& msg) {
    auto pending = std::make_shared<pending_judgement>(pending_judgement{
        std::move(verdict), msg.reply_to, msg.since, topic.actors.size()});
    for (const auto& judge : topic.actors)
      ask(self_, judge, topic.timeout, judge_message{task.msg, task.source})
          .then([this,
                 pending](const judgement& j) { judged(*pending, j.verdict); },
                [this, pending, msg = task.msg](const caf::error& why) {
                  failed(msg->topic(), reason_of(why));
                  judged(*pending, verdict_kind::ignore);
                });
  }

  void judged(pending_judgement& pending, verdict_kind kind) {
    auto& result = pending.verdict.result;
    result.kind = worse(result.kind, kind);
    if (--pending.missing == 0)
      tell(self_, pending.reply_to,
           verdicts_reached{{std::move(pending.verdict)}, pending.since});
  }

  validator_actor::pointer self_;
  context_ptr ctx_;
  std::shared_ptr<const validation_table> table_;
  gossip::message_verifier verifier_;
};

validator_actor::behavior_type validator(validator_actor::pointer self,
                                         const context_ptr& ctx) {
  auto state = std::make_shared<validator_state>(self, ctx);
  return {
      [state](const validate_messages& msg) { state->validate(msg); },
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
