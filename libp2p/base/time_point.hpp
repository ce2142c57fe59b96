#pragma once

#include <chrono>

namespace grapevine {

/// The time that is given to the cores: of a clock that never goes back.
using time_point = std::chrono::steady_clock::time_point;

} // namespace grapevine
