#pragma once

#include <cstddef>

namespace grapevine::gossip {

/// Asks for the memory at `first`, which need not be valid, so that it is in
/// the cache when it is used soon.
inline void prefetch(const void* first) noexcept {
  __builtin_prefetch(first);
}

/// The same for `size` bytes.
inline void prefetch(const void* first, std::size_t size) noexcept {
  constexpr std::size_t line = 64;
  for (std::size_t i = 0; i < size; i += line)
    __builtin_prefetch(static_cast<const char*>(first) + i);
}

} // namespace grapevine::gossip
