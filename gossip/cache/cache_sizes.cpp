#include "gossip/cache/cache_sizes.hpp"

#include "gossip/limits.hpp"

#include <algorithm>

namespace grapevine::gossip {

namespace {

// Of an id seen, with its place in the index.
constexpr std::uint64_t id_bytes = 130;

// With fewer a few thousand messages a second are too many. Ids are numbered by
// 32 bits, of which these are a part.
constexpr std::uint64_t least_ids = 131'072;
constexpr std::uint64_t most_ids = std::uint64_t{1} << 26;

// Some of the largest messages, and 5 s of 200 Mbit/s. What is kept longer than
// a processor's caches hold is slow to get memory for: with 768 MiB a relay of
// 100,000 messages a second did a tenth less.
constexpr std::uint64_t least_window = 16 * limits::mib;
constexpr std::uint64_t most_window = 128 * limits::mib;

} // namespace

rpc_room::rpc_room(std::size_t largest) noexcept
    : queued{std::max(limits::queued_bytes, limits::largest_queued * largest)},
      unfinished{std::max(limits::unfinished_bytes,
                          limits::largest_unfinished * largest)},
      validating{std::max(limits::validation_bytes,
                          limits::largest_validating * largest)} {}

cache_sizes sizes_for(std::uint64_t memory) {
  return {static_cast<std::size_t>(
              std::clamp(memory / 16 / id_bytes, least_ids, most_ids)),
          static_cast<std::size_t>(
              std::clamp(memory / 256, least_window, most_window))};
}

} // namespace grapevine::gossip
