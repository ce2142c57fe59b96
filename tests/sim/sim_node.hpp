#pragma once

#include "gossip/gossip_budget.hpp"
#include "gossip/mesh.hpp"
#include "gossip/message_cache.hpp"
#include "gossip/send_queue.hpp"
#include "gossip/seqno.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::sim {

using gossip::time_point;

/// A node's place in its network.
using node_index = std::uint32_t;

/// What a node tells the network about, besides its frames.
class node_observer {
public:
  virtual ~node_observer() = default;

  /// A message waits for its verdict: call `sim_node::decide`.
  virtual void on_validate(node_index node, const gossip::message_ptr& msg,
                           gossip::validation_token token) = 0;
  /// A message reached the node's subscribers; from itself if `source` is
  /// empty.
  virtual void on_deliver(node_index node, const gossip::message_ptr& msg,
                          const libp2p::peer_id& source) = 0;
  /// Something happened in the node's meshes.
  virtual void on_mesh_event(node_index node,
                             const gossip::mesh_event& event) = 0;
};

struct node_options {
  gossip::parameters params;
  /// The newest protocol that the node speaks.
  gossip::version version = gossip::version::v1_1;
};

/// The identity of the node with this index.
libp2p::peer_id identity_of(node_index node);

/// The pure cores of one node, wired as the actors wire them: what arrives is
/// framed bytes, and so is what leaves.
class sim_node {
public:
  sim_node(node_index self, const node_options& options, std::uint64_t seed,
           node_observer& observer);

  /// The connection to `peer` is up, `version` is what was negotiated.
  void connect(node_index peer, gossip::version version, bool outbound,
               time_point now);
  void disconnect(node_index peer, time_point now);

  void join(std::string_view topic, time_point now);
  void leave(std::string_view topic, time_point now);
  /// Returns the message's id; `reached` is set to how many peers it went to.
  gossip::message_id publish(std::string_view topic, bytes_view data,
                             time_point now, std::size_t& reached);

  /// A frame, length included, that `peer` sent.
  void receive(node_index peer, bytes_view frame, time_point now);
  void decide(const gossip::message_id& id, gossip::validation_token token,
              time_point now);
  void heartbeat(time_point now);

  /// A frame waiting for a peer.
  struct outgoing {
    node_index to;
    shared_bytes frame;
  };
  /// Takes all frames that wait, in order.
  std::vector<outgoing> take_output();

  const gossip::mesh& router() const noexcept { return mesh_; }
  const gossip::message_cache& cache() const noexcept { return cache_; }
  const node_options& options() const noexcept { return options_; }
  /// Members of the topic's mesh, ascending.
  std::vector<node_index> mesh_of(std::string_view topic) const;
  std::vector<node_index> peers() const;
  /// What the send queues dropped.
  std::uint64_t dropped() const;

private:
  struct neighbour {
    gossip::peer_handle handle;
    libp2p::peer_id id;
    gossip::send_queue queue;
    gossip::gossip_budget budget;
  };

  neighbour& neighbour_of(gossip::peer_handle peer);
  void apply_control(neighbour& from, const proto::control& control,
                     time_point now);
  void answer_ihaves(neighbour& from, const std::vector<proto::ihave>& ihaves,
                     time_point now);
  void answer_iwant(neighbour& from, const std::vector<std::string>& ids,
                    time_point now);
  void carry_out_mesh();
  void carry_out_messages();
  void forward(const gossip::deliver_message& delivery);

  node_index self_;
  node_options options_;
  node_observer& observer_;
  gossip::rng gen_;
  gossip::mesh mesh_;
  gossip::message_cache cache_;
  gossip::seqno_source seqno_{1};
  gossip::mesh_effects mesh_effects_;
  gossip::message_effects message_effects_;
  std::vector<gossip::peer_handle> receivers_;
  // In the order of indices, so that a run replays.
  std::map<node_index, neighbour> neighbours_;
  // By a handle's slot.
  std::vector<node_index> index_of_;
};

} // namespace grapevine::sim
