#pragma once

#include "libp2p/base/time_point.hpp"
#include "sim/chunked_list.hpp"
#include "sim/event_queue.hpp"
#include "sim/message_ledger.hpp"
#include "sim/network_trace.hpp"
#include "sim/operation_costs.hpp"
#include "sim/sim_node.hpp"
#include "sim/sim_report.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;

struct network_options {
  std::uint64_t seed = 1;
  /// A link's latency is drawn from this range once, and up to `jitter` added
  /// to each frame.
  microseconds min_latency{milliseconds{5}};
  microseconds max_latency{milliseconds{80}};
  microseconds jitter{milliseconds{20}};
  /// The part of the frames with messages that is lost. Control is never lost
  /// nor reordered, as it follows a stream's order.
  double loss = 0;
  /// How long a node takes for a verdict.
  microseconds validation{milliseconds{1}};
  /// Bytes of a message's data.
  std::size_t payload = 256;
  /// How long a node must be up before a message of its topics is expected to
  /// reach it.
  milliseconds stable_after{0};
  /// Whether nodes dial those that a PRUNE offers them, up to so many peers.
  std::size_t dial_offers_below = 0;
  /// What comes later than this after its publishing counts as not delivered.
  milliseconds deadline{std::chrono::hours{24}};
  /// The latency of a link, instead of `min_latency` and `max_latency`.
  std::function<microseconds(node_index, node_index, gossip::rng&)> latency_of =
      {};
  /// Messages follow a stream's order, too: what is lost is sent again, and
  /// what is behind it waits.
  bool ordered = false;
  /// The part of the packets that is lost, and sent again as TCP does; only
  /// with `ordered`.
  double packet_loss = 0;
  /// What operations take.
  operation_costs costs = {};
  /// The parts of the time of which `slices` tells; 0: none.
  milliseconds slice{0};
};

/// Where a node is.
struct placement {
  /// Which machine (`add_machine`), whose cores its nodes share; none: it has
  /// all the cores that it can use.
  std::optional<std::uint32_t> machine;
  /// What its uplink takes, in bytes per second; 0: any.
  double upload = 0;
};

/// What a node did so far.
struct node_usage {
  /// Time of one core.
  microseconds cpu{0};
  /// On the wire, with all headers.
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};

/// Two connected nodes; the first dialled.
using edge = std::pair<node_index, node_index>;

/// A number of nodes and the links between them in virtual time. All that is
/// random comes from one seed, so that a run replays exactly.
///
/// Its members are in `sim_network.cpp`, those about what happens in
/// `sim_network_events.cpp`, about frames on their way in
/// `sim_network_wires.cpp`.
class sim_network final : node_observer {
public:
  explicit sim_network(const network_options& options);
  ~sim_network() override = default;

  node_index add_node(const node_options& options = {});
  void add_nodes(std::size_t count, const node_options& options = {});
  /// Cores that the nodes placed there share.
  std::uint32_t add_machine(std::size_t cores);
  void place(node_index node, const placement& where);
  void connect(const std::vector<edge>& edges);
  void connect(edge link);
  void disconnect(edge link);
  bool connected(edge link) const;
  /// Cuts all links of the node.
  void isolate(node_index node);

  /// The node vanishes with all its links and all that it knows.
  void stop(node_index node);
  /// It is there again, under the same identity: without links and topics.
  void start(node_index node);
  /// It hears and says no more, but nobody knows: what it has sent goes on, and
  /// its links are there until `stop`. Nothing is expected of it.
  void mute(node_index node);
  bool muted(node_index node) const { return hosts_[node].muted; }
  bool up(node_index node) const {
    return hosts_[node].up && !hosts_[node].muted;
  }

  /// Nothing gets from the nodes on one side to those on another: `sides` has
  /// the side of each node. It is kept and sent again, as TCP does, until
  /// `heal`, or until the link goes.
  void divide(std::vector<std::uint8_t> sides);
  void heal();
  bool divided(edge link) const {
    return !sides_.empty() && sides_[link.first] != sides_[link.second];
  }

  void behave(node_index node, const conduct& how) {
    hosts_[node].node->behave(how);
  }

  void join(node_index node, std::string_view topic);
  void join_all(std::string_view topic);
  void leave(node_index node, std::string_view topic);

  /// Publishes; all honest nodes subscribed to the topic at this moment, and up
  /// for long enough, are expected to get it, unless it is invalid. Returns how
  /// many peers it was sent to.
  std::size_t publish(node_index node, std::string_view topic) {
    return publish(node, topic, options_.payload);
  }
  std::size_t publish(node_index node, std::string_view topic,
                      std::size_t payload);

  /// Lets that much virtual time pass.
  void run(microseconds duration);

  const sim_node& node(node_index i) const { return *hosts_.at(i).node; }
  std::size_t size() const noexcept { return hosts_.size(); }
  gossip::rng& gen() noexcept { return buffers_.gen; }
  time_point now() const noexcept;

  /// What became of the messages published since the last `forget_messages`.
  report result() const { return summarize(ledger_.counts()); }
  const tally& counts() const { return ledger_.counts(); }
  /// By when messages were published.
  const std::vector<time_slice>& slices() const { return ledger_.slices(); }
  void forget_messages() { ledger_.clear(); }

  /// A digest of every event so far: times, nodes, bytes.
  std::uint64_t trace() const noexcept { return trace_; }

  /// Bytes of control and gossip that it sent so far.
  std::uint64_t control_sent(node_index node) const {
    return hosts_[node].control_sent;
  }

  const node_usage& usage(node_index node) const { return hosts_[node].usage; }

  std::size_t mesh_events(gossip::mesh_event_kind kind) const {
    return mesh_events_.at(static_cast<std::size_t>(kind));
  }

private:
  // A place for a node, which may go and come.
  struct host {
    std::unique_ptr<sim_node> node;
    bool up = true;
    bool muted = false;
    // An event will tell that the uplink takes more.
    bool waits_for_uplink = false;
    // Counts the nodes that were here.
    std::uint32_t life = 0;
    tick since = 0;
    std::uint64_t control_sent = 0;
    libp2p::ip_address ip;
    placement where;
    // When its uplink has sent all that it was given.
    tick uplink_free = 0;
    // When it has done all that it was given.
    tick awake_until = 0;
    node_usage usage;
  };

  struct core {
    // When it has done all that it was given.
    tick free = 0;
    // Whose turn it is, or was last.
    node_index node = 0;
    // An event will tell when it is free.
    bool busy = false;
  };

  // Cores that do what one node has to do, and then what the next one has.
  struct machine {
    std::vector<core> cores;
    // Frames for whose nodes there is no core yet.
    std::deque<event> waiting;
  };

  // One direction of a link; its place is used again. In one cache line.
  struct alignas(64) wire {
    node_index from = 0;
    node_index to = 0;
    // The other direction.
    std::uint32_t back = 0;
    // Who `from` is at `to`.
    gossip::peer_handle sender;
    // Counts the links that were here.
    std::uint32_t life = 0;
    tick latency = 0;
    // When the last frame that keeps its place arrives.
    tick last = 0;
  };

  // A frame that a divided network does not let through.
  struct held_frame {
    std::uint32_t wire = 0;
    std::uint32_t life = 0;
    shared_bytes frame;
  };

  void on_validate(node_index node, const gossip::message_ptr& msg,
                   gossip::validation_token token) override;
  void on_deliver(node_index node, const gossip::message_ptr& msg,
                  node_index source) override;
  void on_mesh_event(node_index node, const gossip::mesh_event& e) override;
  void on_offer(node_index node, node_index peer) override;

  void put_node(node_index index, std::shared_ptr<const node_options> options);
  std::uint32_t take_wire();
  // What happens (sim_network_events.cpp).
  void prefetch() const;
  void handle(event& e);
  void arrive(event& e);
  void serve(const event& e);
  void beat(node_index node);
  void decide(const event& e);
  void dial_offered(const event& e);
  // Those of its cores that are free take frames.
  void dispatch(std::uint32_t where);
  void take_frame(std::uint32_t where, core& with);
  void end_turn(std::uint32_t where, core& of);
  void tell_when_free(std::uint32_t where, core& of);
  core& core_for(machine& of, node_index node);

  // Frames on their way (sim_network_wires.cpp).
  void flush(node_index node);
  void flush_uplink(node_index node);
  void transmit(std::uint32_t wire, shared_bytes frame);
  void launch(std::uint32_t wire, shared_bytes frame, tick at);
  tick depart(node_index node, const bytes& frame);
  tick retransmission(const wire& way, const bytes& frame);
  // The node's core does this: when it is done.
  tick work(node_index node, double cost);
  double cost_of(double each, const bytes& frame) const;
  void note(traced what, std::uint64_t a, std::uint64_t b, std::uint64_t c = 0);

  network_options options_;
  event_queue events_;
  std::vector<host> hosts_;
  std::vector<machine> machines_;
  // Empty: everybody reaches everybody.
  std::vector<std::uint8_t> sides_;
  tick divided_at_ = 0;
  std::vector<held_frame> held_;
  chunked_list<wire> wires_;
  std::vector<std::uint32_t> free_wires_;
  message_ledger ledger_;
  turn_buffers buffers_;
  std::vector<node_index> expected_;
  std::array<std::size_t, 16> mesh_events_{};
  std::uint64_t trace_ = 0xcbf2'9ce4'8422'2325;
};

} // namespace grapevine::sim
