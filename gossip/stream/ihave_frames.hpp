#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <vector>

namespace grapevine::gossip {

/// What a peer is told by IHAVE, ready to be written, and shared with all that
/// are told the same.
struct ihave_frames {
  std::vector<shared_bytes> frames;
  /// How many these have in all, and those that no frame could hold.
  std::size_t ids = 0;
  std::size_t dropped = 0;
};

} // namespace grapevine::gossip
