#pragma once

#include "gossip/parameters.hpp"
#include "gossip/topic_table.hpp"
#include "libp2p/peer_id.hpp"
#include "libp2p/session_types.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace grapevine::gossip {

/// Until when a peer must not be grafted, and may not graft us, after a PRUNE
/// (gossipsub-v1.1, "Prune backoff"). Kept by identity: it outlives the
/// connection, and leaving the topic.
class backoff_table {
public:
  explicit backoff_table(const mesh_limits& limits) : limits_{limits} {}

  /// Backs off until `now + duration`; a later expiry that is there stays.
  /// When the topic has as many as the limit allows, the longest one goes.
  void add(std::string_view topic, const libp2p::peer_id& peer,
           libp2p::time_point now, std::chrono::seconds duration);

  /// When the backoff ends or ended; nothing if there is none, or it was
  /// already cleared.
  std::optional<libp2p::time_point> expiry(std::string_view topic,
                                           const libp2p::peer_id& peer) const;

  /// Whether it lasts: a GRAFT that comes now is too early.
  bool active(std::string_view topic, const libp2p::peer_id& peer,
              libp2p::time_point now) const;

  /// Forgets what ended `slack` ago or earlier.
  void clear_expired(libp2p::time_point now, std::chrono::milliseconds slack);

  /// Entries of all topics together.
  std::size_t size() const noexcept { return size_; }

private:
  using peers = std::unordered_map<libp2p::peer_id, libp2p::time_point>;

  void drop_longest(peers& of);

  const mesh_limits& limits_;
  std::unordered_map<std::string, peers, topic_hash, std::equal_to<>> topics_;
  std::size_t size_ = 0;
  // No entry ends earlier, so most heartbeats have nothing to look through.
  libp2p::time_point earliest_ = libp2p::time_point::max();
};

} // namespace grapevine::gossip
