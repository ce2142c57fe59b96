#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace grapevine::libp2p {

/// Bytes of a buffer that an idle connection keeps. Gossip's usual frames fit,
/// so that a connection in steady use allocates nothing.
inline constexpr std::size_t kept_frame_memory = 4096;

/// Where `part` lies in `memory`, which may be overwritten; empty unless it
/// lies there whole. A record that came in pieces lies in its reader, not in
/// the caller's data.
inline std::span<std::uint8_t> place_in(std::span<std::uint8_t> memory,
                                        bytes_view part) {
  const std::less_equal<const std::uint8_t*> not_after;
  if (memory.empty() || !not_after(memory.data(), part.data())
      || !not_after(part.data() + part.size(), memory.data() + memory.size()))
    return {};
  return memory.subspan(static_cast<std::size_t>(part.data() - memory.data()),
                        part.size());
}

} // namespace grapevine::libp2p
