#pragma once

#include <cstddef>

namespace grapevine {

/// How the descriptors (open files) that a process may have are shared out.
struct descriptor_plan {
  /// So many peers at most.
  std::size_t max_peers = 0;
  /// The kernel gives out the lowest number that is free: what was accepted
  /// with this one or a higher one leaves too few for dials, and for whatever
  /// else the process opens.
  std::size_t accept_below = 0;
};

/// For a process that may have `limit` descriptors and wants so many peers and
/// handshakes at once.
descriptor_plan plan_descriptors(std::size_t limit, std::size_t max_peers,
                                 std::size_t max_handshakes);

/// How many descriptors this process may have now (RLIMIT_NOFILE).
std::size_t descriptor_limit();

} // namespace grapevine
