#pragma once

#include "proto/bytes.hpp"

#include <cstdint>

namespace grapevine::sim {

/// What a trace's digest tells apart.
enum class traced : std::uint64_t {
  frame_sent = 1,
  frame_lost,
  delivered,
  beaten
};

/// A digest with one more value.
constexpr std::uint64_t mix(std::uint64_t digest,
                            std::uint64_t value) noexcept {
  digest = (digest ^ value) * 0x9e37'79b9'7f4a'7c15;
  return digest ^ digest >> 32;
}

/// The digest of a frame.
std::uint64_t digest_of(const bytes& frame) noexcept;

/// Whether the frame carries messages: the send queue mixes them with nothing.
bool carries_messages(const bytes& frame);

} // namespace grapevine::sim
