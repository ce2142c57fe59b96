#pragma once

#include "messages/message_cache.hpp"

#include <vector>

namespace grapevine {

/// Messages to validate; the verdicts go to `reply_to`, together.
struct validate_messages {
  std::vector<gossip::validate_message> tasks;
  message_cache_actor reply_to;
};

/// Checks messages: signing policy and signature. One of a pool.
using validator_actor = caf::typed_actor<
    // Validates, and answers with `verdicts_reached`.
    takes<validate_messages>>;

} // namespace grapevine
