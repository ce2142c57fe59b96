#pragma once

#include "messages/api.hpp"
#include "messages/message_cache.hpp"

#include <any>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// Per judge, how many questions to it are not answered yet: shared by all
/// validators.
using judge_loads = std::map<caf::actor_addr, std::shared_ptr<load_gauge>>;

/// The validations from now on.
struct use_validation {
  std::shared_ptr<const validation_table> table;
  /// Of judges that are not in it, each validator counts by itself.
  judge_loads loads{};
};

/// Messages to validate; the verdicts go to `reply_to`, together.
struct validate_messages {
  std::vector<gossip::validate_message> tasks;
  message_cache_actor reply_to;
  /// For `verdicts_reached`.
  std::optional<time_point> since{};
};

/// This node's own messages of one topic: whether they may be published.
struct judge_own {
  std::vector<gossip::message_ptr> msgs;
};

/// They may, all of them; of each what validators attached to it.
struct own_accepted {
  std::vector<std::any> values;
};

/// Some judges may be late; sent by the validator to itself.
struct judges_due {};

/// Checks messages: signing policy, signature, and the topic's validators. One
/// of a pool.
using validator_actor = caf::typed_actor<
    // Validates, and answers with `verdicts_reached`.
    takes<validate_messages>,
    // Judges our own messages; one that is not accepted is the answer.
    asks<judge_own>::gives<own_accepted>,
    // Waits for late judges no longer.
    takes<judges_due>,
    // Changes the topics' validations: the functions of others are called no
    // more once this is answered.
    asks<use_validation>::gives<changed>,
    // Tells how long messages wait for it.
    takes<tell_counts>>;

} // namespace grapevine
