#pragma once

#include "gossip/cache/message_cache.hpp"
#include "gossip/mesh/gossip_budget.hpp"
#include "gossip/message/seqno.hpp"
#include "gossip/router/router.hpp"
#include "gossip/score/score_profiles.hpp"
#include "gossip/stream/idontwant_set.hpp"
#include "gossip/stream/send_queue.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/time_point.hpp"
#include "proto/rpc.hpp"
#include "sim/message_ledger.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::sim {

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
  /// The node was offered a peer that it may want to dial.
  virtual void on_offer(node_index node, node_index peer) = 0;
};

/// What a node does otherwise than an honest one, which does all of it and
/// invents nothing.
struct conduct {
  /// Sends on what others published, tells of it by IHAVE, answers IWANT.
  bool relays = true;
  bool gossips = true;
  bool answers = true;
  /// Whose messages it does as if they never came.
  std::optional<node_index> censored;
  /// Nobody else takes its messages for good.
  bool publishes_invalid = false;
  /// Ids of no message that it tells each peer of at each heartbeat.
  std::size_t invented_ids = 0;
  /// Grafts whom it connects to at once, whatever backoff there is.
  bool grafts_at_once = false;
};

/// How a node is set up; by default as `grapevine` is.
struct node_options {
  node_options() {
    use_scoring(gossip::scoring_of(gossip::score_profile::standard));
  }

  void use_scoring(gossip::scoring scoring) {
    score = std::move(scoring.parameters);
    params.thresholds = scoring.thresholds;
  }

  gossip::parameters params;
  gossip::score_parameters score;
  /// Messages under validation at once, and who is heard when there are more.
  gossip::validation_queue_options validation;
  std::optional<gossip::gater_parameters> gater;
  /// The newest protocol that the node speaks.
  gossip::version version = gossip::version::v1_2;
  /// Where it is; on a host of its own if it is not said.
  std::optional<libp2p::ip_address> ip;
  sim::conduct conduct;
  /// Messages must reach it.
  bool honest = true;
  /// It knows its own messages by their ids, as the default ones tell.
  bool knows_own_ids = true;
};

/// The identity of the node with this index, and back.
libp2p::peer_id identity_of(node_index node);
node_index index_of(const libp2p::peer_id& id);

/// The address of a host of its own.
libp2p::ip_address address_of(node_index node);

/// A frame that leaves on a wire.
struct outgoing {
  std::uint32_t wire = 0;
  shared_bytes frame;
};

/// What waits for a peer, and what it had dropped before.
struct lent_queue {
  gossip::send_queue queue;
  std::uint64_t dropped_before = 0;

  /// What it dropped since it was lent.
  std::uint64_t dropped() const noexcept;
};

/// What a node needs during one turn: of all nodes of a network together, as
/// they take turns and memory that was just used is the fastest.
struct turn_buffers {
  /// Draws everybody's lots.
  gossip::rng gen;
  /// Of those for whom nothing waits: nearly all, at any time.
  std::vector<std::unique_ptr<lent_queue>> queues;
  proto::rpc rpc;
  gossip::router_effects router;
  gossip::message_effects messages;
  gossip::message_effects carried_out;
  std::vector<gossip::peer_handle> receivers;
  std::vector<outgoing> output;
};

/// The pure cores of one node, driven as the actors drive them: what arrives is
/// framed bytes, and so is what leaves. Partial messages are not simulated, and
/// nobody is a direct peer.
///
/// Its members are in `sim_node.cpp`, those about what arrives in
/// `sim_node_input.cpp`, about what leaves in `sim_node_output.cpp`.
class sim_node {
public:
  /// `options` are those of many nodes: they are shared.
  sim_node(node_index self, std::shared_ptr<const node_options> options,
           time_point now, node_observer& observer, turn_buffers& buffers);

  /// The connection to `peer` is up, `version` is what was negotiated. What
  /// goes to it leaves on `wire`.
  gossip::peer_handle connect(node_index peer, gossip::version version,
                              bool outbound, std::uint32_t wire,
                              const libp2p::ip_address& ip, time_point now);
  void disconnect(gossip::peer_handle peer, time_point now);

  void join(std::string_view topic, time_point now);
  void leave(std::string_view topic, time_point now);
  /// Returns how many peers it went to.
  std::size_t publish(std::string_view topic, bytes_view data, time_point now);

  /// A frame, length included, that `peer` sent.
  void receive(gossip::peer_handle peer, bytes_view frame, time_point now);
  void decide(const gossip::message_id& id, gossip::validation_token token,
              gossip::verdict result, time_point now);
  void heartbeat(time_point now);

  /// It behaves so from now on.
  void behave(const conduct& how) { conduct_ = how; }
  const conduct& behaviour() const noexcept { return conduct_; }

  /// Moves all frames that wait to the buffers' `output`.
  void take_output();
  /// Takes one frame: peers that frames wait for take turns.
  std::optional<outgoing> take_one();
  bool has_output() const noexcept { return !dirty_.empty(); }

  /// Asks for the memory that `receive` needs first: the node, where its
  /// neighbours are, the neighbour.
  void prefetch() const noexcept;
  void prefetch_place(gossip::peer_handle peer) const noexcept {
    __builtin_prefetch(&neighbours_[peer.slot]);
  }
  void prefetch_neighbour(gossip::peer_handle peer) const noexcept;

  const gossip::mesh& meshes() const noexcept { return router_.meshes(); }
  const gossip::message_cache& cache() const noexcept { return cache_; }
  /// What it thinks of a peer; 0 if they are not connected.
  double score_of(node_index peer) const;
  const node_options& options() const noexcept { return *options_; }
  const std::shared_ptr<const node_options>& shared_options() const noexcept {
    return options_;
  }
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

    bool wants(const gossip::message_id& id, time_point now) const {
      return unwanted == nullptr || !unwanted->contains(id, now);
    }

    gossip::peer_handle handle;
    node_index index;
    std::uint32_t wire;
    gossip::gossip_budget budget;
    // What it does not want: most peers never say so.
    std::unique_ptr<gossip::idontwant_set> unwanted;
    // While something waits; then it is in `dirty_`.
    std::unique_ptr<lent_queue> queue;
    bool gossipsub;
  };

  neighbour& neighbour_of(gossip::peer_handle peer) {
    return *neighbours_[peer.slot];
  }
  const neighbour* find_neighbour(node_index peer) const;
  // Its queue, into which something is about to be put.
  gossip::send_queue& queue_of(neighbour& to);
  // Nothing waits for it any more.
  void give_back(neighbour& to);

  // What arrives (sim_node_input.cpp).
  void receive_messages(neighbour& from,
                        const std::vector<proto::message_view>& msgs,
                        time_point now);
  void apply_control(neighbour& from, const proto::control& control,
                     time_point now);
  void note_unwanted(neighbour& from, const std::vector<std::string>& ids,
                     time_point now);
  void answer_ihaves(neighbour& from, time_point now);
  void answer_iwant(neighbour& from, const std::vector<std::string>& ids,
                    time_point now);

  // What leaves (sim_node_output.cpp).
  void send(neighbour& to, const gossip::message_ptr& msg, bool anyway,
            time_point now);
  void tell_unwanted(const gossip::message& msg,
                     std::optional<gossip::peer_handle> source);
  void carry_out_router();
  void control_due(gossip::control_due& control);
  void gossip_due(const gossip::gossip_due& wanted);
  void invent_gossip();
  void carry_out_messages(time_point now);
  void apply(const gossip::validate_message& check, time_point now);
  void apply(const gossip::deliver_message& delivery, time_point now);
  void apply(const gossip::duplicate_message& copy, time_point now);
  void apply(const gossip::rejected_message& bad, time_point now);
  void apply(const gossip::promise_counted& counted, time_point now);
  void apply(const gossip::ignored_message&, time_point) {}
  void apply(const gossip::throttled_message&, time_point) {}
  void apply(const gossip::release_credit&, time_point) {}

  node_index self_;
  std::shared_ptr<const node_options> options_;
  conduct conduct_;
  node_observer& observer_;
  turn_buffers& buffers_;
  gossip::rng& gen_;
  gossip::router router_;
  gossip::message_cache cache_;
  gossip::seqno_source seqno_;
  // By a handle's slot; null if nobody has it.
  std::vector<std::unique_ptr<neighbour>> neighbours_;
  // Those whose queues are not empty, in the order in which they became so.
  std::vector<gossip::peer_handle> dirty_;
  std::uint64_t dropped_ = 0;
};

} // namespace grapevine::sim
