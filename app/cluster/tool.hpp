#pragma once

#include "app/failure.hpp"

#include <string>
#include <vector>

namespace grapevine::app::cluster {

/// Runs another program, which is looked for in `$PATH` and where root's
/// programs are, to its end. If it fails, what it has said is the error.
outcome<void> run_tool(const std::vector<std::string>& words);

} // namespace grapevine::app::cluster
