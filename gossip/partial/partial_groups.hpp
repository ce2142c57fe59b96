#pragma once

#include "gossip/limits.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace grapevine::gossip {

/// Bounds of what is kept for partial messages.
struct partial_limits {
  /// Groups of one topic that peers started and this node did not publish, as
  /// in go.
  std::size_t peer_groups = 255;
  /// Those of them that one peer started, as in go.
  std::size_t groups_per_peer = 8;
  /// Heartbeats that a group is kept for after it was started or published
  /// last; at least three, as in go.
  std::size_t heartbeats = 3;
  /// Bytes of one peer's metadata in all groups of all topics. go has no bound;
  /// eight groups of a hundred topics with 1 KiB each.
  std::size_t metadata_per_peer = limits::mib;
  /// RPCs of parts that one peer is sent at once in one group.
  std::size_t rpcs_at_once = 16;
};

/// One peer in one group.
struct group_peer {
  /// What it said last that it has and wants.
  std::optional<bytes> metadata;
  /// The parts sent to it, in the words of the topic's rules.
  bytes sent;
  /// The version of our metadata that it was told last; 0 for none.
  std::uint64_t told = 0;
  /// It sent something: whatever it said when it subscribed, it speaks partial
  /// messages.
  bool spoke = false;
};

/// The parts of one message, known by a name that does not depend on them.
struct partial_group {
  std::string id;
  /// The peer whose RPC named it first; nobody once this node publishes it.
  std::optional<peer_handle> started_by;
  std::size_t heartbeats_left = 0;
  /// What this node has and wants, and the frame that says so: null if it is
  /// too large. Version 0: it has not published.
  bytes metadata;
  shared_bytes announcement;
  std::uint64_t version = 0;
  /// The parts that this node has, as the application published them.
  bytes held;
  /// Sorted, so that effects come in the same order each time.
  std::map<peer_handle, group_peer> peers;
};

/// The groups of one topic.
class partial_groups {
public:
  explicit partial_groups(const partial_limits& limits) noexcept
      : limits_{limits} {}

  /// The group for this node to publish, made if need be, without limit; it
  /// stays for another `partial_limits::heartbeats`.
  partial_group& publish(bytes_view id);

  /// The group that an RPC of `peer` names, made if need be. Null if that would
  /// exceed a limit.
  partial_group* named_by(peer_handle peer, bytes_view id);

  /// Forgets the peer, and the groups that only peers cared for if none is
  /// left.
  void remove_peer(peer_handle peer);

  /// One tick: forgets the groups whose time is over, and calls
  /// `forgotten(group)` for each before.
  template <class Forgotten>
  void heartbeat(Forgotten forgotten) {
    for (auto i = groups_.begin(); i != groups_.end();) {
      partial_group& group = i->second;
      if (group.heartbeats_left > 0) {
        --group.heartbeats_left;
        ++i;
        continue;
      }
      forgotten(std::as_const(group));
      disown(group);
      i = groups_.erase(i);
    }
  }

  /// Forgets all groups.
  void clear() noexcept;

  std::size_t size() const noexcept { return groups_.size(); }
  /// Those that peers started and this node did not publish.
  std::size_t peer_started() const noexcept { return peer_started_; }

  auto begin() noexcept { return groups_.begin(); }
  auto end() noexcept { return groups_.end(); }

private:
  partial_group& create(bytes_view id);
  // Takes the group off the account of the peer that started it.
  void disown(partial_group& group);

  const partial_limits& limits_;
  libp2p::keyed_string_map<partial_group> groups_;
  std::size_t peer_started_ = 0;
  std::unordered_map<peer_handle, std::size_t> started_by_;
};

} // namespace grapevine::gossip
