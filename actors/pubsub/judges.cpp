#include "actors/pubsub/judges.hpp"

#include "gossip/limits.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

namespace grapevine {

namespace {

using gossip::verdict_kind;
using cause = judged::cause;

// Between two looks at who is late, at least: a message that is late by so
// little does not matter, and a look for each would cost as much as a question.
constexpr std::chrono::milliseconds shortest_pause{1};
// And at most, as what waits keeps the actor in memory.
constexpr std::chrono::seconds longest_pause{1};

judged what_was_said(judgement& said) {
  switch (said.verdict) {
  case verdict_kind::accept:
    return {verdict_kind::accept, cause::none, {}, std::move(said.value)};
  case verdict_kind::reject:
    return {verdict_kind::reject, cause::rejected, {}, {}};
  case verdict_kind::ignore:
    break;
  }
  return {verdict_kind::ignore, cause::ignored, {}, {}};
}

int severity(verdict_kind kind) {
  switch (kind) {
  case verdict_kind::accept:
    return 0;
  case verdict_kind::ignore:
    return 1;
  case verdict_kind::reject:
    break;
  }
  return 2;
}

// How often it was so since that was said.
std::string counted(cause why, std::size_t count) {
  const auto messages =
      std::to_string(count) + (count == 1 ? " more message" : " more messages");
  switch (why) {
  case cause::late:
    return messages + " ignored, as a validator did not answer in time";
  case cause::busy:
    return messages + " ignored, as too many waited for a validator";
  default:
    return messages + " ignored, as a validator failed";
  }
}

} // namespace

std::string judged::refusal() const {
  switch (why) {
  case cause::none:
    break;
  case cause::size:
    return "it is larger than the topic's messages may be";
  case cause::rejected:
    return "a validator rejected it";
  case cause::ignored:
    return "a validator ignored it";
  case cause::failed:
    return "a validator failed: " + trouble;
  case cause::late:
    return "a validator did not answer in time";
  case cause::busy:
    return "too many messages wait for a validator: publish it again when "
           "others were answered";
  }
  return {};
}

void judged::add(judged other) {
  if (severity(other.kind) <= severity(kind))
    return;
  *this = std::move(other);
  value.reset();
}

judges::judges(validator_actor::pointer self, context_ptr ctx)
    : self_{self}, ctx_{std::move(ctx)} {
  use({ctx_, &ctx_->config.validation}, {});
}

void judges::use(std::shared_ptr<const validation_table> table,
                 const judge_loads& loads) {
  rules_ = std::make_unique<validation_rules>(std::move(table), loads);
}

bool judges::is_too_large(const validation_rules::stages& stages,
                          const gossip::message& msg) {
  const auto most = max_data_size(stages);
  return most > 0 && msg.data().size() > most;
}

// -- functions ----------------------------------------------------------------

// Whether all of them accept.
bool judges::call_functions(const judge_panel& panel,
                            const gossip::message& msg,
                            const libp2p::peer_id& source, judged& so_far) {
  for (const auto& judge : panel.how->functions) {
    auto said = call(judge, msg, source);
    if (!said.accepted()) {
      so_far = std::move(said);
      return false;
    }
    if (said.value.has_value())
      so_far.value = std::move(said.value);
  }
  return true;
}

judged judges::call(const judge_function& judge, const gossip::message& msg,
                    const libp2p::peer_id& source) {
  std::string trouble = "it threw what is no exception";
  try {
    auto said = judge(msg, source);
    return what_was_said(said);
  } catch (const std::exception& e) {
    trouble = e.what();
  } catch (...) {
  }
  failed(msg.topic(), cause::failed, trouble);
  return {verdict_kind::ignore, cause::failed, std::move(trouble), {}};
}

// -- actors -------------------------------------------------------------------

void judges::ask_actors(const judge_panel& panel, const question_ptr& asked) {
  const auto count = panel.how->actors.size();
  const auto deadline = now(self_) + panel.how->timeout;
  asked->missing = count;
  asked->place = open_.emplace(deadline, asked);
  look_at(deadline);
  for (std::size_t i = 0; i < count; ++i)
    ask_actor(panel, i, asked);
}

// The deadline is looked after here, for all questions together (`expire`): one
// of CAF's own would cost more than the question.
void judges::ask_actor(const judge_panel& panel, std::size_t which,
                       const question_ptr& asked) {
  const auto& load = panel.loads[which];
  const auto size = asked->msg->frame().size();
  if (!load->has_room(size, panel.most_unanswered(),
                      gossip::limits::validation_bytes)) {
    failed(asked->msg->topic(), cause::busy,
           std::to_string(load->messages()) + " messages wait for it");
    return answered(asked, which, {verdict_kind::ignore, cause::busy, {}, {}});
  }
  load->add(1, size);
  ask_without_timeout(self_, panel.how->actors[which],
                      judge_message{asked->msg, asked->source})
      .then(
          [this, asked, which, load, size](judgement& said) {
            load->remove(1, size);
            answered(asked, which, what_was_said(said));
          },
          [this, asked, which, load, size](const caf::error& why) {
            load->remove(1, size);
            if (asked->done)
              failed(asked->msg->topic(), cause::failed, reason_of(why));
            answered(asked, which,
                     {verdict_kind::ignore, cause::failed, reason_of(why), {}});
          });
}

void judges::answered(const question_ptr& asked, std::size_t which,
                      judged answer) {
  // Too late.
  if (!asked->done)
    return;
  auto& so_far = asked->so_far;
  if (answer.value.has_value() && so_far.accepted()
      && which + 1 > asked->value_of) {
    so_far.value = std::move(answer.value);
    asked->value_of = which + 1;
  }
  so_far.add(std::move(answer));
  if (--asked->missing == 0)
    decide(asked);
}

// All actors of a stage have answered: the next one's turn, if all accepted.
void judges::decide(const question_ptr& asked) {
  open_.erase(asked->place);
  auto done = std::exchange(asked->done, nullptr);
  // Whoever still does not answer keeps what is here.
  const auto msg = std::exchange(asked->msg, nullptr);
  if (!asked->so_far.accepted())
    return done(std::move(asked->so_far));
  auto last = judge_from(asked->stage + 1, rules_->of(msg->topic()),
                         std::move(asked->so_far), msg, asked->source,
                         [&] { return std::move(done); });
  if (last)
    done(std::move(*last));
}

// -- deadlines ----------------------------------------------------------------

void judges::expire() {
  const auto at = now(self_);
  if (next_look_ && *next_look_ <= at)
    next_look_.reset();
  while (!open_.empty() && open_.begin()->first <= at) {
    const auto asked = open_.begin()->second;
    failed(asked->msg->topic(), cause::late, "it did not answer in time");
    asked->so_far.add({verdict_kind::ignore, cause::late, {}, {}});
    decide(asked);
  }
  log_failures();
  if (!open_.empty())
    look_at(std::max(open_.begin()->first, at + shortest_pause));
  else if (failures_.has_unsaid())
    look_at(at + longest_pause);
}

void judges::look_at(time_point when) {
  const auto at = now(self_);
  when = std::min<time_point>(when, at + longest_pause);
  if (next_look_ && *next_look_ <= when)
    return;
  next_look_ = when;
  tell_self_later(self_, std::max(when - at, time_point::duration{0}),
                  judges_due{});
}

// -- what is said -------------------------------------------------------------

void judges::failed(std::string_view topic, cause why,
                    const std::string& what) {
  const auto at = now(self_);
  log_failures();
  if (failures_.first({std::string{topic}, why}, at))
    ctx_->log->error("a validator failed, the message is ignored: {} "
                     "topic=\"{}\"",
                     what, escaped(topic));
  else
    look_at(at + longest_pause);
}

void judges::log_failures() {
  failures_.due(
      now(self_),
      [this](const auto& what, std::size_t count) {
        ctx_->log->error("{} topic=\"{}\"", counted(what.second, count),
                         escaped(what.first));
      },
      [this](std::size_t count) {
        ctx_->log->error("{} of further topics", counted(cause::failed, count));
      });
}

} // namespace grapevine
