#pragma once

#include "gossip/mesh/topic_table.hpp"
#include "gossip/parameters.hpp"
#include "gossip/partial/partial_effects.hpp"
#include "gossip/partial/partial_groups.hpp"
#include "gossip/partial/partial_rules.hpp"
#include "gossip/slot_map.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/rpc.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// The router's side of partial messages (libp2p/specs,
/// pubsub/gossipsub/partial-messages.md): who requests and who supplies parts,
/// what of a group each peer has, and which parts and metadata go to whom.
///
/// The application publishes what it has of a group and wants of it, as often
/// as that changes; the router tells the peers and sends them what they lack,
/// now and when they ask, as the topic's `part_rules` choose. What peers send
/// is delivered to the application, which checks and joins the parts.
///
/// Pure: what is to be done is appended to `partial_effects`. Calls that name a
/// peer which is gone do nothing.
///
/// Its members are in `partial_messages.cpp`, those about what is exchanged in
/// `partial_exchange.cpp`.
class partial_messages {
public:
  /// `max_rpc_size` bounds a frame.
  explicit partial_messages(const partial_limits& limits = {},
                            std::size_t max_rpc_size = limits::rpc_size,
                            const mesh_limits& bounds = {});
  partial_messages(const partial_messages&) = delete;
  partial_messages& operator=(const partial_messages&) = delete;

  // -- own topics ---------------------------------------------------------

  /// Takes part in the topic's partial messages, subscribed or not. If it is
  /// subscribed already and this changes anything, announce it again.
  void set_topic(std::string_view topic, partial_topic how);

  /// Takes part no longer; its groups are forgotten.
  void remove_topic(std::string_view topic);

  /// Whether it takes part in any topic's: if not, nothing else need be asked.
  bool active() const noexcept { return !own_.empty(); }

  /// Sets the flags of an own subscription that is about to be announced.
  void announce(proto::subscription& own) const noexcept;

  // -- peers --------------------------------------------------------------

  void add_peer(peer_handle peer);
  void remove_peer(peer_handle peer);

  /// Whether both sides have announced the extension
  /// (`extension_state::usable`); what was said in groups is forgotten when
  /// they no longer have.
  void set_usable(peer_handle peer, bool usable);

  /// Applies the flags of a peer's subscriptions.
  void subscriptions(peer_handle peer,
                     std::span<const proto::subscription> changes);

  /// Whether the peer gets parts of this topic from us: then no full message
  /// and no IHAVE.
  bool requests_partial(peer_handle peer, std::string_view topic) const;

  /// Whether we get parts of this topic from the peer, so that it will send us
  /// no full message: then no IDONTWANT.
  bool supplies_partial(peer_handle peer, std::string_view topic) const;

  /// Takes the peers out of `peers` that get parts instead of a full message,
  /// from the position `first` on.
  void spare_requesting(std::string_view topic, std::vector<peer_handle>& peers,
                        std::size_t first = 0) const;

  /// Likewise those that an IDONTWANT is wasted on.
  void spare_supplying(std::string_view topic,
                       std::vector<peer_handle>& peers) const;

  // -- groups -------------------------------------------------------------

  /// The application has `parts` (perhaps none) of a group, and `metadata` says
  /// what it has and wants. Sends each of `whom` (those that a full message
  /// would go to: mesh or fanout, and direct peers) and each peer that spoke of
  /// the group what it has not yet. False if this node takes no part.
  bool publish(std::string_view topic, bytes_view group, bytes_view parts,
               bytes_view metadata, std::span<const peer_handle> whom,
               partial_effects& out);

  /// A partial message came from the peer: delivers it, and answers metadata
  /// with what the peer lacks.
  void receive(peer_handle peer, const proto::partial_view& partial,
               partial_effects& out);

  /// Takes the peers out of `peers` (chosen for gossip) that get parts, and
  /// tells them of the groups published instead of an IHAVE.
  void gossip(std::string_view topic, std::vector<peer_handle>& peers,
              partial_effects& out);

  /// One tick, after the gossip: forgets the groups whose time is over.
  void heartbeat();

  // -- inspection ---------------------------------------------------------

  std::size_t group_count(std::string_view topic) const noexcept;
  /// Bytes of the peer's metadata that are kept.
  std::size_t metadata_bytes(peer_handle peer) const noexcept;

private:
  struct topic_entry {
    explicit topic_entry(const partial_limits& limits) : groups{limits} {}

    std::string name;
    // This node takes part if there are rules.
    partial_topic ours;
    // What peers said that may use partial messages.
    peer_set requesting;
    peer_set supplying;
    partial_groups groups;
    // How many peers said anything, whether they may use it or not.
    std::size_t users = 0;
  };

  struct peer_entry {
    bool usable = false;
    // Topics that it supplies parts of, and whether it requests them, too.
    std::unordered_map<topic_entry*, bool> topics;
    std::size_t topic_bytes = 0;
    std::size_t metadata_bytes = 0;
  };

  // Who wants and supplies what (partial_messages.cpp).
  topic_entry* find(std::string_view topic) const noexcept;
  // Null unless this node takes part.
  topic_entry* find_own(std::string_view topic) const noexcept;
  // The topic, made if need be.
  topic_entry& entry_of(std::string_view topic);
  void release(topic_entry& topic);
  bool may_remember(const peer_entry& from, std::string_view topic) const;
  void remember(peer_handle peer, peer_entry& from,
                const proto::subscription& change);
  void forget(peer_handle peer, peer_entry& from, topic_entry& topic);

  // What groups need (partial_exchange.cpp).
  void forget_groups(peer_handle peer, peer_entry& from);
  void release_metadata(const partial_group& group);
  bool keep_metadata(peer_entry& from, group_peer& state, bytes_view metadata);
  void deliver(peer_handle peer, const proto::partial_view& partial,
               partial_effects& out) const;
  void update(const topic_entry& topic, const partial_group& group,
              peer_handle peer, group_peer& state, partial_effects& out) const;
  void send_parts(const topic_entry& topic, const partial_group& group,
                  peer_handle peer, group_peer& state,
                  partial_effects& out) const;
  static void tell(const partial_group& group, peer_handle peer,
                   group_peer& state, partial_effects& out);

  partial_limits limits_;
  mesh_limits bounds_;
  std::size_t max_rpc_size_;
  libp2p::keyed_string_map<std::unique_ptr<topic_entry>> topics_;
  slot_table<peer_entry> peers_;
  // Those that this node takes part in; the others have no groups.
  std::vector<topic_entry*> own_;
};

} // namespace grapevine::gossip
