#pragma once

#include "messages/api.hpp"
#include "messages/message_cache.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// The validations from now on.
struct use_validation {
  std::shared_ptr<const validation_table> table;
};

/// Messages to validate; the verdicts go to `reply_to`, together.
struct validate_messages {
  std::vector<gossip::validate_message> tasks;
  message_cache_actor reply_to;
  /// For `verdicts_reached`.
  std::optional<time_point> since{};
};

/// Checks messages: signing policy, signature, and the topic's validators. One
/// of a pool.
using validator_actor = caf::typed_actor<
    // Validates, and answers with `verdicts_reached`.
    takes<validate_messages>,
    // Changes the topics' validations: the functions of others are called no
    // more once this is answered.
    asks<use_validation>::gives<changed>,
    // Tells how long messages wait for it.
    takes<tell_counts>>;

} // namespace grapevine
