#pragma once

#include "gossip/limits.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "proto/rpc.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// GRAFT and PRUNE for one peer, to go out in one RPC.
struct control_due {
  peer_handle to;
  std::vector<std::string> grafts;
  std::vector<proto::prune> prunes;
};

/// To be turned into IHAVE of the topic's recent messages for each of `peers`:
/// those of the current heartbeat and of some before, `windows` in all.
struct gossip_due {
  std::string topic;
  std::vector<peer_handle> peers;
  std::size_t windows = limits::history_gossip;
};

/// A PRUNE in `mesh_effects::control` whose receiver may be offered peers.
struct px_place {
  std::size_t control = 0;
  std::size_t prune = 0;
};

/// Peers that a PRUNE offered, for finding replacements (gossipsub-v1.1, "Peer
/// exchange"); not checked further than their number.
struct px_offer {
  peer_handle from;
  std::string topic;
  std::vector<proto::px_peer> peers;
};

/// What happened in a mesh, for logs, metrics and the score.
enum class mesh_event_kind {
  /// The peer is now in the topic's mesh, grafted by either side.
  grafted,
  /// It no longer is, for whatever reason.
  pruned,
  /// It grafted during its backoff, knowing it and too often (P7).
  graft_in_backoff,
  /// It did so within the graft flood threshold (P7 once more).
  graft_flood,
  /// It was refused: its score, the mesh is full, it is a direct peer, or it
  /// asks during a backoff as one may that does not know it.
  graft_refused,
  /// A subscription of it was ignored: a limit is reached.
  subscription_refused,
  /// We grafted it as better than the mesh's median.
  grafted_as_better,
  /// Peers that it offered were not accepted: it is no member, offers too
  /// often,
  /// or its score is below the threshold.
  offers_ignored,
  /// It was found by an offer, and counts as one that we dialled from now on.
  proven,
  /// Of no peer: the topic has peers, and for `limits::empty_mesh_heartbeats`
  /// none has been in its mesh.
  mesh_stays_empty,
};

/// What has happened in a mesh and, of most kinds, to which peer.
struct mesh_event {
  mesh_event_kind kind;
  peer_handle peer;
  std::string topic;
};

/// What the mesh wants done. The router carries it out (`router::settle`).
struct mesh_effects {
  /// To all peers, whatever their version.
  std::vector<proto::subscription> announcements;
  /// At most one for each peer.
  std::vector<control_due> control;
  std::vector<gossip_due> gossip;
  std::vector<px_offer> px;
  std::vector<mesh_event> events;
  /// PRUNEs in `control` that `mesh::offer_peers` is to fill.
  std::vector<px_place> offers;

  bool empty() const noexcept;
  void clear() noexcept;

  /// Adds to the peer's GRAFT.
  void graft(peer_handle to, std::string_view topic);
  /// Adds to the peer's PRUNE; with `offer` it is to offer peers.
  void prune(peer_handle to, std::string_view topic,
             std::optional<std::chrono::seconds> backoff, bool offer = false);
  void report(mesh_event_kind kind, peer_handle peer, std::string_view topic);
  /// The peer is told of the topic's last `windows` heartbeats.
  void tell_of(std::string_view topic, peer_handle peer, std::size_t windows);

private:
  std::size_t control_of(peer_handle to);

  // Where a peer's entry in `control` is.
  std::unordered_map<peer_handle, std::size_t> control_index_;
};

} // namespace grapevine::gossip
