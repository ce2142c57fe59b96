#pragma once

#include "gossip/gossip_budget.hpp"
#include "gossip/mesh.hpp"
#include "gossip/message_cache.hpp"
#include "gossip/send_queue.hpp"
#include "gossip/seqno.hpp"
#include "proto/rpc.hpp"
#include "tests/sim/message_ledger.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::sim {

using gossip::time_point;

/// What a node tells the network about, besides its frames.
class node_observer {
public:
  virtual ~node_observer() = default;

  /// A message waits for its verdict: call `sim_node::decide`.
  virtual void on_validate(node_index node, const gossip::message_ptr& msg,
                           gossip::validation_token token) = 0;
  /// A message from `source` reached the node's subscribers.
  virtual void on_deliver(node_index node, const gossip::message_ptr& msg,
                          node_index source) = 0;
  /// Something happened in the node's meshes.
  virtual void on_mesh_event(node_index node,
                             const gossip::mesh_event& event) = 0;
};

struct node_options {
  gossip::parameters params;
  /// The newest protocol that the node speaks.
  gossip::version version = gossip::version::v1_1;
};

/// The identity of the node with this index, and back.
libp2p::peer_id identity_of(node_index node);
node_index index_of(const libp2p::peer_id& id);

/// A frame that leaves on a wire.
struct outgoing {
  std::uint32_t wire = 0;
  shared_bytes frame;
};

/// What a node needs during one turn: of all nodes of a network together, as
/// they take turns and memory that was just used is the fastest.
struct turn_buffers {
  proto::rpc rpc;
  gossip::mesh_effects mesh;
  gossip::message_effects messages;
  gossip::message_effects carried_out;
  std::vector<gossip::peer_handle> receivers;
  std::vector<outgoing> output;
};

/// The pure cores of one node, wired as the actors wire them: what arrives is
/// framed bytes, and so is what leaves.
class sim_node {
public:
  sim_node(node_index self, const node_options& options, std::uint64_t seed,
           time_point now, node_observer& observer, turn_buffers& buffers);

  /// The connection to `peer` is up, `version` is what was negotiated. What
  /// goes to it leaves on `wire`.
  gossip::peer_handle connect(node_index peer, gossip::version version,
                              bool outbound, std::uint32_t wire,
                              time_point now);
  void disconnect(gossip::peer_handle peer, time_point now);

  void join(std::string_view topic, time_point now);
  void leave(std::string_view topic, time_point now);
  /// Returns how many peers it went to.
  std::size_t publish(std::string_view topic, bytes_view data, time_point now);

  /// A frame, length included, that `peer` sent.
  void receive(gossip::peer_handle peer, bytes_view frame, time_point now);
  void decide(const gossip::message_id& id, gossip::validation_token token,
              time_point now);
  void heartbeat(time_point now);

  /// Moves all frames that wait to the buffers' `output`.
  void take_output();

  /// Asks for the memory that `receive` needs first: the node, where its
  /// neighbours are, the neighbour.
  void prefetch() const noexcept;
  void prefetch_place(gossip::peer_handle peer) const noexcept {
    __builtin_prefetch(&neighbours_[peer.slot]);
  }
  void prefetch_neighbour(gossip::peer_handle peer) const noexcept;

  const gossip::mesh& router() const noexcept { return mesh_; }
  const gossip::message_cache& cache() const noexcept { return cache_; }
  const node_options& options() const noexcept { return options_; }
  /// Members of the topic's mesh, ascending.
  std::vector<node_index> mesh_of(std::string_view topic) const;
  /// All peers, ascending.
  std::vector<node_index> peers() const;
  /// The wire to a peer; nothing if they are not connected.
  std::optional<std::uint32_t> wire_to(node_index peer) const;
  /// What the send queues dropped.
  std::uint64_t dropped() const;

private:
  struct neighbour {
    neighbour(gossip::peer_handle peer, node_index node, std::uint32_t way,
              const node_options& options, gossip::version version,
              time_point now);

    gossip::peer_handle handle;
    node_index index;
    std::uint32_t wire;
    libp2p::peer_id id;
    gossip::send_queue queue;
    gossip::gossip_budget budget;
    // Whether it is in `dirty_`.
    bool dirty = false;
  };

  neighbour& neighbour_of(gossip::peer_handle peer) {
    return *neighbours_[peer.slot];
  }
  // Its queue, into which something is about to be put.
  gossip::send_queue& queue_of(neighbour& to);
  void apply_control(neighbour& from, const proto::control& control,
                     time_point now);
  void answer_ihaves(neighbour& from, const std::vector<proto::ihave>& ihaves,
                     time_point now);
  void answer_iwant(neighbour& from, const std::vector<std::string>& ids,
                    time_point now);
  void carry_out_mesh();
  void emit_gossip(const gossip::emit_gossip& gossip);
  void carry_out_messages();
  void forward(const gossip::deliver_message& delivery);

  node_index self_;
  node_options options_;
  node_observer& observer_;
  turn_buffers& buffers_;
  gossip::rng gen_;
  gossip::mesh mesh_;
  gossip::message_cache cache_;
  gossip::seqno_source seqno_;
  // By a handle's slot; null if nobody has it.
  std::vector<std::unique_ptr<neighbour>> neighbours_;
  // Those whose queues are not empty, in the order in which they became so.
  std::vector<gossip::peer_handle> dirty_;
};

} // namespace grapevine::sim
