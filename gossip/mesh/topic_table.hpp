#pragma once

#include "gossip/mesh/fanout.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "gossip/parameters.hpp"
#include "libp2p/base/keyed_hash.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What is known of one topic.
struct topic_state {
  /// Any bytes; a topic's name need not be text.
  std::string name;
  /// This node is subscribed.
  bool subscribed = false;
  /// The peers that are subscribed.
  peer_set peers;
  /// Those of them that get every message: FloodSub and direct peers.
  peer_set always;
  /// Empty unless `subscribed`; a part of `peers` without `always`.
  peer_set mesh;
  /// Heartbeats in a row in which nobody was in the mesh though somebody could.
  std::size_t empty_ticks = 0;
  /// Who came into the mesh since the last heartbeat, and was told of what was
  /// before.
  peer_set introduced;
  /// Who subscribed, or was connected anew, since the last heartbeat: they may
  /// have missed all that was before, as after a cut of the network. Those that
  /// came into the mesh were told. Empty unless `subscribed`.
  peer_set newcomers;
  /// Unused while `subscribed`; a part of `peers` without `always`.
  gossip::fanout fanout;
};

/// All topics that this node or any peer is subscribed to, or that have a
/// fanout. A topic that nobody needs is forgotten at once.
class topic_table {
public:
  explicit topic_table(const mesh_limits& limits) : limits_{limits} {}

  /// Null if there is no such topic.
  topic_state* find(std::string_view topic) noexcept;
  const topic_state* find(std::string_view topic) const noexcept;

  /// The topic, made if need be: for this node's own use, without limit.
  topic_state& own(std::string_view topic);

  /// The topic, made if need be because a peer named it. Null if that would
  /// exceed a limit.
  topic_state* named_by_peer(std::string_view topic);

  /// Forgets the topic if nobody needs it any longer: call after anything was
  /// taken out of it. `topic` is invalid afterwards if it was forgotten.
  void release(topic_state& topic);

  std::size_t size() const noexcept { return topics_.size(); }
  auto begin() const noexcept { return topics_.begin(); }
  auto end() const noexcept { return topics_.end(); }

private:
  topic_state& create(std::string_view topic);

  const mesh_limits& limits_;
  // Its elements stay where they are.
  libp2p::keyed_string_map<topic_state> topics_;
  std::size_t name_bytes_ = 0;
};

} // namespace grapevine::gossip
