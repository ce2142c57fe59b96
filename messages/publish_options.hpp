#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

namespace grapevine::libp2p {
class private_key;
}

namespace grapevine {

/// How a message is published, as in `publish_message`.
struct publish_options {
  /// Waits until the topic has so many peers, at most for `patience`; fails if
  /// it then has fewer. 0: goes to whoever is there.
  std::size_t min_peers = 0;
  std::chrono::milliseconds patience{10'000};
  /// Signs it, instead of the node. Null: the node does.
  std::shared_ptr<const libp2p::private_key> key{};
};

} // namespace grapevine
