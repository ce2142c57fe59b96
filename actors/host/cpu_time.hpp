#pragma once

#include <chrono>

namespace grapevine {

/// The CPU time that this process has used; zero if the system does not tell.
std::chrono::nanoseconds used_cpu_time() noexcept;

} // namespace grapevine
