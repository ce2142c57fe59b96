#pragma once

#include "app/console/messages.hpp"
#include "app/console/signals.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace grapevine::app {

/// Where messages to publish come from: each call gives one, behind the last an
/// empty one. Waits no longer than until the flag is raised.
using message_source = std::function<next_input()>;

/// The message `text`, or all that `file` holds, `-` being standard input; of
/// neither, the lines of standard input.
message_source source_of(const std::optional<std::string>& text,
                         const std::optional<std::filesystem::path>& file,
                         std::shared_ptr<const stop_flag> stop,
                         std::size_t largest);

/// Answers `read_next` to `asker` with `next_input`. Ends with the program or
/// by `caf::anon_send_exit`.
caf::actor spawn_input(caf::actor_system& sys, caf::actor asker,
                       message_source source);

} // namespace grapevine::app
