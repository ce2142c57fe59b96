#pragma once

#include "app/failure.hpp"

#include <string>
#include <vector>

namespace grapevine::app::cluster {

/// What comes from a descriptor until its end.
std::string read_to_end(int fd);

/// Runs another program, which is looked for in `$PATH` and where root's
/// programs are, to its end. If it fails, what it has said is the error.
outcome<void> run_tool(const std::vector<std::string>& words);

} // namespace grapevine::app::cluster
