#pragma once

#include "gossip/id_index.hpp"
#include "gossip/protocol.hpp"
#include "gossip/slot_map.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace grapevine::gossip {

struct topic_state;

/// Names a connected peer within one `mesh`; the default-constructed one is
/// nobody.
using peer_handle = slot_handle;

/// What is known of a peer when it is connected.
struct peer_traits {
  /// What was negotiated for its pubsub stream.
  gossip::version version = version::v1_1;
  /// We dialled it, by our own choice.
  bool outbound = false;
  /// The operator named it: gets every message, is in no mesh.
  bool direct = false;
  /// We dialled it because another peer offered it: it counts as outbound only
  /// when it has proven itself.
  bool offered = false;
};

/// A set of peers as a sorted vector: small, walked often, changed rarely.
class peer_set {
public:
  /// Whether it was not there before.
  bool insert(peer_handle peer);
  /// Whether it was there.
  bool erase(peer_handle peer);
  bool contains(peer_handle peer) const noexcept;
  void clear() noexcept { members_.clear(); }

  std::size_t size() const noexcept { return members_.size(); }
  bool empty() const noexcept { return members_.empty(); }
  auto begin() const noexcept { return members_.begin(); }
  auto end() const noexcept { return members_.end(); }
  std::span<const peer_handle> view() const noexcept { return members_; }

private:
  std::vector<peer_handle> members_;
};

/// A connected peer.
struct mesh_peer {
  libp2p::peer_id id;
  peer_traits traits;
  /// What it is subscribed to, in the order it said so.
  std::vector<topic_state*> topics;
  /// The bytes of these topics' names.
  std::size_t topic_bytes = 0;
  /// Its newest connection: no two of a router have the same number.
  std::uint32_t connection = 0;
};

/// The connected peers.
class peer_table {
public:
  /// Nothing if `id` is there already.
  std::optional<peer_handle> add(const libp2p::peer_id& id,
                                 const peer_traits& traits);
  void remove(peer_handle peer);

  /// It counts as one that we dialled from now on, or no longer.
  void set_outbound(peer_handle peer, bool outbound);

  /// Null for a peer that is gone.
  mesh_peer* find(peer_handle peer) noexcept { return peers_.find(peer); }
  const mesh_peer* find(peer_handle peer) const noexcept {
    return peers_.find(peer);
  }
  std::optional<peer_handle> find(const libp2p::peer_id& id) const;

  std::size_t size() const noexcept { return by_id_.size(); }

  /// Those that we dialled.
  std::size_t outbound_count() const noexcept { return outbound_; }

  /// The slots of all handles are below it.
  std::size_t slot_count() const noexcept { return peers_.slot_count(); }

  /// Calls `f` with the handle of each peer.
  template <class F>
  void each(F f) const {
    peers_.each([&](peer_handle peer, const mesh_peer&) { f(peer); });
  }

private:
  slot_map<mesh_peer> peers_;
  // Their slots.
  id_index by_id_;
  std::size_t outbound_ = 0;
};

} // namespace grapevine::gossip
