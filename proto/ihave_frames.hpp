#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::proto {

/// An IHAVE of some ids of one topic, as it is within a frame: encoded once for
/// all peers that are told of these ids, whatever else each of them is told.
struct ihave_entry {
  bytes encoded;
  std::size_t ids = 0;
};

/// Appends the entries for `ids`, in their order: each fits alone into a frame
/// of at most `max_size` and `control_frame_size` bytes, and has at most
/// `most_ids` (not 0). Returns how many ids are dropped, as no frame holds
/// them.
std::size_t encode_ihaves(std::string_view topic,
                          std::span<const std::string> ids,
                          std::size_t most_ids, std::size_t max_size,
                          std::vector<ihave_entry>& out);

/// Frames (varint length and RPC) with these entries, which were made for the
/// same `max_size`. As few as can be found at once: peers take only so many
/// RPCs with IHAVE (`max_ihave_messages`).
std::vector<bytes> pack_ihaves(std::span<const ihave_entry* const> entries,
                               std::size_t max_size);

} // namespace grapevine::proto
