#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace grapevine::gossip {

/// A sequence number as a message carries it: eight bytes, big-endian.
using seqno_bytes = std::array<std::uint8_t, 8>;

seqno_bytes encode_seqno(std::uint64_t seqno) noexcept;

/// Nothing unless `field` has exactly eight bytes.
std::optional<std::uint64_t> decode_seqno(bytes_view field) noexcept;

/// Numbers one author's messages across all topics: strictly increasing, also
/// over restarts as long as the wall clock does not go back by more than the
/// node was up.
class seqno_source {
public:
  /// `wall_clock_ns`: nanoseconds since 1970.
  explicit seqno_source(std::uint64_t wall_clock_ns) noexcept
      : next_{wall_clock_ns} {}

  /// The next number.
  std::uint64_t next() noexcept { return next_++; }

private:
  std::uint64_t next_;
};

} // namespace grapevine::gossip
