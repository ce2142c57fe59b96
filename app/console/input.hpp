#pragma once

#include "app/console/messages.hpp"
#include "app/console/signals.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace grapevine::app {

/// Where messages to publish come from: answers `read_next` to `asker` with
/// `next_input`, after the last with one that is empty. Ends with the program
/// or by `caf::anon_send_exit`; waits no longer than until the flag is raised.
caf::actor spawn_line_input(caf::actor_system& sys, caf::actor asker,
                            const std::shared_ptr<const stop_flag>& stop,
                            std::size_t largest);

/// The same of one message: all that the file holds; `-` is standard input.
caf::actor spawn_file_input(caf::actor_system& sys, caf::actor asker,
                            std::shared_ptr<const stop_flag> stop,
                            std::size_t largest, std::filesystem::path file);

/// The same of the message `text`.
caf::actor spawn_text_input(caf::actor_system& sys, caf::actor asker,
                            std::string text);

} // namespace grapevine::app
