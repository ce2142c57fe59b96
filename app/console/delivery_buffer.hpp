#pragma once

#include "app/console/messages.hpp"

#include <spdlog/logger.h>

#include <cstddef>
#include <memory>

namespace grapevine::app {

/// Bytes of messages that may wait to be printed: a burst of a second at a
/// gigabit, half of it.
inline constexpr std::size_t delivery_buffer_size = std::size_t{64} << 20U;

/// Stands between a node and an actor that prints its messages and may be slow:
/// hands `message_delivered` on until too much waits, then drops what comes,
/// and says so. `printer` answers each with `delivery_done`.
caf::actor spawn_delivery_buffer(caf::actor_system& sys, caf::actor printer,
                                 std::shared_ptr<spdlog::logger> log,
                                 std::size_t capacity = delivery_buffer_size);

/// What a message counts in that buffer.
std::size_t buffered_size(const message_delivered& delivered);

} // namespace grapevine::app
