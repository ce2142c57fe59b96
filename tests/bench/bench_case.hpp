#pragma once

#include "gossip/message/signing.hpp"
#include "libp2p/secure/security_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace grapevine::bench {

/// What a relay is loaded with: one publisher sends messages of `size` bytes,
/// in turn on each of `topics` topics, from number `first_topic` on, to all of
/// which all `subscribers` belong.
struct bench_case {
  gossip::signing_policy policy = gossip::signing_policy::strict_sign;
  std::size_t size = 1024;
  std::size_t subscribers = 8;
  std::size_t topics = 1;
  std::size_t first_topic = 0;
  /// The publisher's number among the load's identities; the subscribers'
  /// follow.
  std::uint32_t publisher = 1;
  /// By which the load's connections are encrypted.
  libp2p::security_kind security = libp2p::security_kind::noise;

  bool is_signed() const noexcept {
    return policy == gossip::signing_policy::strict_sign;
  }
};

/// The name of a topic, as all relays know it; they are counted from 0.
inline std::string topic_name(std::size_t number) {
  return "bench-" + std::to_string(number);
}

} // namespace grapevine::bench
