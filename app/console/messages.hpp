#pragma once

#include "messages/api.hpp"

#include <optional>
#include <string>

// What the program's own actors say to each other.

namespace grapevine::app {

/// Asks for the next message to publish.
struct read_next {};

/// The answer: a message, the end, or why neither can be had.
struct next_input {
  std::optional<bytes> data;
  /// Empty unless reading failed.
  std::string error;
  /// Only this message cannot be had: there may be more.
  bool skipped = false;
};

/// SIGHUP came.
struct reload_settings {};

/// The log has counted lines that come again, whose counts it is to write.
struct log_has_counted {};

/// They are due.
struct say_log_counts {};

/// The service manager is to hear whether the node is alive.
struct prove_node_alive {};

/// The node may give back memory that it does not use.
struct look_after_memory {};

} // namespace grapevine::app

// Behind the node's own types.
CAF_BEGIN_TYPE_ID_BLOCK(grapevine_app, caf::id_block::grapevine::end)

#define GRAPEVINE_APP_MESSAGE(name)                                            \
  CAF_ADD_TYPE_ID(grapevine_app, (grapevine::app::name))                       \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(grapevine::app::name)

GRAPEVINE_APP_MESSAGE(read_next)
GRAPEVINE_APP_MESSAGE(next_input)
GRAPEVINE_APP_MESSAGE(reload_settings)
GRAPEVINE_APP_MESSAGE(prove_node_alive)
GRAPEVINE_APP_MESSAGE(look_after_memory)
GRAPEVINE_APP_MESSAGE(log_has_counted)
GRAPEVINE_APP_MESSAGE(say_log_counts)

#undef GRAPEVINE_APP_MESSAGE

CAF_END_TYPE_ID_BLOCK(grapevine_app)
