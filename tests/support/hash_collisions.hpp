#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace grapevine::test {

// Texts that collide under libstdc++'s `std::hash`. It mixes each block of
// eight bytes in a way that can be reversed, and adds it to what came before.

namespace standard_hash {

inline constexpr std::uint64_t multiplier = 0xc6a4'a793'5bd1'e995;
inline constexpr std::uint64_t seed = 0xc70f'6907;

constexpr std::uint64_t inverse_of(std::uint64_t odd) {
  auto result = odd;
  for (int i = 0; i < 6; ++i)
    result *= 2 - odd * result;
  return result;
}

/// Its own inverse.
constexpr std::uint64_t fold(std::uint64_t value) {
  return value ^ value >> 47;
}

constexpr std::uint64_t mixed(std::uint64_t block) {
  return fold(block * multiplier) * multiplier;
}

/// The block that is mixed to `value`.
constexpr std::uint64_t unmixed(std::uint64_t value) {
  constexpr auto inverse = inverse_of(multiplier);
  return fold(value * inverse) * inverse;
}

inline void append_block(std::string& to, std::uint64_t block) {
  char raw[sizeof(block)];
  std::memcpy(raw, &block, sizeof(block));
  to.append(raw, sizeof(raw));
}

} // namespace standard_hash

/// `count` texts of 16 bytes that all have one hash: the second block makes up
/// for the first.
inline std::vector<std::string> colliding_texts(std::size_t count,
                                                std::uint64_t salt = 0) {
  using namespace standard_hash;
  const auto begin = seed ^ (16 * multiplier);
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t first = salt + i;
    const auto wanted = (begin ^ mixed(first)) * multiplier;
    std::string text;
    append_block(text, first);
    append_block(text, unmixed(wanted));
    result.push_back(std::move(text));
  }
  return result;
}

/// As many texts of 16 bytes that are as good as random.
inline std::vector<std::string> harmless_texts(std::size_t count,
                                               std::uint64_t salt = 0) {
  using namespace standard_hash;
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    append_block(text, salt + i);
    append_block(text, mixed(mixed(salt + i) + 1));
    result.push_back(std::move(text));
  }
  return result;
}

/// 2^pairs texts of 16 * pairs bytes that collide whatever the hash's seed is:
/// in each pair of blocks the highest bit of what both are mixed to is flipped,
/// or not, and one flip cancels the other.
inline std::vector<std::string> texts_colliding_under_any_seed(unsigned pairs) {
  using namespace standard_hash;
  constexpr auto highest = std::uint64_t{1} << 63;
  std::vector<std::string> result;
  for (std::size_t choice = 0; choice < std::size_t{1} << pairs; ++choice) {
    std::string text;
    for (std::size_t i = 0; i < 2 * std::size_t{pairs}; ++i) {
      const std::uint64_t block = 0x6772'6170'6576'696eU + i;
      const bool flipped = (choice >> (i / 2)) % 2 == 1;
      append_block(text, flipped ? unmixed(mixed(block) ^ highest) : block);
    }
    result.push_back(std::move(text));
  }
  return result;
}

} // namespace grapevine::test
