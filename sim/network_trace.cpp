#include "sim/network_trace.hpp"

#include <cstring>

namespace grapevine::sim {

namespace {

// The field of an RPC that holds messages, as the first byte of a frame's body.
constexpr std::uint8_t publish_tag = 0x12;

} // namespace

bool carries_messages(const bytes& frame) {
  std::size_t header = 1;
  while ((frame[header - 1] & 0x80) != 0)
    ++header;
  return frame[header] == publish_tag;
}

// Eight bytes at a time.
std::uint64_t digest_of(const bytes& frame) noexcept {
  std::uint64_t digest = frame.size();
  std::size_t i = 0;
  std::uint64_t word = 0;
  for (; i + sizeof word <= frame.size(); i += sizeof word) {
    std::memcpy(&word, frame.data() + i, sizeof word);
    digest = mix(digest, word);
  }
  for (; i < frame.size(); ++i)
    digest = mix(digest, frame[i]);
  return digest;
}

} // namespace grapevine::sim
