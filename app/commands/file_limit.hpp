#pragma once

namespace grapevine::app {

/// Lets the process have as many open files as it may give itself: each peer
/// needs one, and what shells and service managers grant at first (1024) is
/// meant for programs that call select.
void raise_file_limit() noexcept;

} // namespace grapevine::app
