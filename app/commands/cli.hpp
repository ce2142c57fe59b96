#pragma once

#include <string>
#include <vector>

namespace grapevine::app {

/// Does what a command line, without the program's name, asks for. Returns the
/// program's exit status.
int run_command_line(std::vector<std::string> arguments);

} // namespace grapevine::app
