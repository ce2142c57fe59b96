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
  const auto n = static_cast<std::uint32_t>(bound);
  if (n != bound) {
    // Rejects the uneven rest of the range, which would favour small numbers.
    const std::uint64_t uneven = (0 - std::uint64_t{bound}) % bound;
    std::uint64_t drawn = gen();
    while (drawn < uneven)
      drawn = gen();
    return drawn % bound;
  }
  // The same without a division, as a rule: the upper half of a product with a
  // fraction of 2^32, whose lower half tells what is uneven.
  const auto draw = [&] { return (gen() >> 32) * n; };
  std::uint64_t product = draw();
  if (static_cast<std::uint32_t>(product) < n)
    for (const std::uint32_t uneven = (0 - n) % n;
         static_cast<std::uint32_t>(product) < uneven;)
      product = draw();
  return product >> 32;
}

/// Moves `count` elements drawn at random to the front, in random order; all of
/// them if there are no more.
template <class T>
void shuffle_front(std::span<T> items, std::size_t count, rng& gen) {
  for (std::size_t i = 0; i < count && i + 1 < items.size(); ++i)
    std::swap(items[i], items[i + random_below(gen, items.size() - i)]);
}

} // namespace grapevine::gossip
