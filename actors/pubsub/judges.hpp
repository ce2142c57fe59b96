#pragma once

#include "actors/context.hpp"
#include "actors/pubsub/validation_rules.hpp"
#include "actors/repeat_log.hpp"
#include "gossip/message/message.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/validator.hpp"

#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine {

/// What came of asking the application's judges about a message.
struct judged {
  /// What decided, if it was not accepted.
  enum class cause : std::uint8_t {
    none,
    /// It is larger than the topic's messages may be.
    size,
    /// A judge said so.
    rejected,
    ignored,
    /// A judge threw or ended.
    failed,
    /// An actor did not answer in time.
    late,
    /// Too many questions to an actor were unanswered.
    busy,
  };

  gossip::verdict_kind kind = gossip::verdict_kind::accept;
  cause why = cause::none;
  /// Of `failed`, what happened.
  std::string trouble;
  /// What was attached last to an accepted message.
  std::any value;

  bool accepted() const noexcept {
    return kind == gossip::verdict_kind::accept;
  }

  /// Why the message was not accepted, for who wants to publish it.
  std::string refusal() const;

  /// Also another judge has said something: the more severe counts.
  void add(judged other);
};

/// Asks the application's judges about messages: first those of all topics,
/// then the topic's own; of each, functions in order, then actors together.
/// Part of a validator's actor.
class judges {
public:
  judges(validator_actor::pointer self, context_ptr ctx);
  judges(const judges&) = delete;
  judges& operator=(const judges&) = delete;

  /// The validations from now on.
  void use(std::shared_ptr<const validation_table> table,
           const judge_loads& loads);

  using then = std::function<void(judged)>;

  /// What the judges say; nothing where actors are to be asked, who answer to
  /// what `make_then` gives. `source` is empty for our own messages.
  template <class MakeThen>
  std::optional<judged> judge(const gossip::message_ptr& msg,
                              const libp2p::peer_id& source,
                              MakeThen make_then) {
    const auto stages = rules_->of(msg->topic());
    if (is_too_large(stages, *msg))
      return judged{gossip::verdict_kind::reject, judged::cause::size, {}, {}};
    return judge_from(0, stages, judged{}, msg, source, make_then);
  }

  /// Whoever is late is waited for no longer (`judges_due`).
  void expire();

private:
  // A message that actors are asked about.
  struct question;
  using question_ptr = std::shared_ptr<question>;
  using deadlines = std::multimap<time_point, question_ptr>;

  struct question {
    gossip::message_ptr msg;
    libp2p::peer_id source;
    // Where its actors stand among the stages.
    std::size_t stage = 0;
    judged so_far;
    std::size_t missing = 0;
    // Which of the actors attached the value, counted from one.
    std::size_t value_of = 0;
    // Empty once it is decided.
    then done;
    deadlines::iterator place;
  };

  static bool is_too_large(const validation_rules::stages& stages,
                           const gossip::message& msg);

  template <class MakeThen>
  std::optional<judged>
  judge_from(std::size_t stage, const validation_rules::stages& stages,
             judged so_far, const gossip::message_ptr& msg,
             const libp2p::peer_id& source, MakeThen make_then) {
    for (; stage < stages.size(); ++stage) {
      const auto* panel = stages[stage];
      if (panel == nullptr)
        continue;
      if (!call_functions(*panel, *msg, source, so_far))
        return so_far;
      if (panel->how->actors.empty())
        continue;
      ask_actors(
          *panel,
          std::make_shared<question>(question{
              msg, source, stage, std::move(so_far), 0, 0, make_then(), {}}));
      return std::nullopt;
    }
    return so_far;
  }

  bool call_functions(const judge_panel& panel, const gossip::message& msg,
                      const libp2p::peer_id& source, judged& so_far);
  judged call(const judge_function& judge, const gossip::message& msg,
              const libp2p::peer_id& source);
  void ask_actors(const judge_panel& panel, const question_ptr& asked);
  void ask_actor(const judge_panel& panel, std::size_t which,
                 const question_ptr& asked);
  void answered(const question_ptr& asked, std::size_t which, judged answer);
  void decide(const question_ptr& asked);
  void failed(std::string_view topic, judged::cause why,
              const std::string& what);
  void log_failures();
  void look_at(time_point when);

  validator_actor::pointer self_;
  context_ptr ctx_;
  std::unique_ptr<const validation_rules> rules_;
  // Those that actors have not answered.
  deadlines open_;
  // When `judges_due` comes, if it does.
  std::optional<time_point> next_look_;
  repeat_log<std::pair<std::string, judged::cause>> failures_;
};

} // namespace grapevine
