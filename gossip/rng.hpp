#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>

namespace grapevine::gossip {

/// The generator that callers seed and hand to every rule that draws lots.
using rng = std::mt19937_64;

/// A number in [0, bound), each equally likely; `bound` > 0. Unlike the
/// standard distributions it gives the same numbers with every library, so a
/// seed replays anywhere.
inline std::size_t random_below(rng& gen, std::size_t bound) {
  // Rejects the uneven rest of the range, which would favour small numbers.
  const std::uint64_t n = bound;
  const std::uint64_t first = (0 - n) % n;
  for (;;)
    if (const std::uint64_t drawn = gen(); drawn >= first)
      return static_cast<std::size_t>(drawn % n);
}

/// Moves `count` elements drawn at random to the front, in random order; all of
/// them if there are no more.
template <class T>
void shuffle_front(std::span<T> items, std::size_t count, rng& gen) {
  for (std::size_t i = 0; i < count && i + 1 < items.size(); ++i)
    std::swap(items[i], items[i + random_below(gen, items.size() - i)]);
}

} // namespace grapevine::gossip
