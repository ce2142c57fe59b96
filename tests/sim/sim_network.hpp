#pragma once

#include "libp2p/base/time_point.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/message_ledger.hpp"
#include "tests/sim/sim_node.hpp"
#include "tests/sim/sim_report.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::sim {

using std::chrono::milliseconds;

struct network_options {
  std::uint64_t seed = 1;
  /// A link's latency is drawn from this range once, and up to `jitter` added
  /// to each frame.
  milliseconds min_latency{5};
  milliseconds max_latency{80};
  milliseconds jitter{20};
  /// The part of the frames with messages that is lost. Control is never lost
  /// nor reordered, as it follows a stream's order.
  double loss = 0;
  /// How long a node takes for a verdict.
  milliseconds validation{1};
  /// Bytes of a message's data.
  std::size_t payload = 256;
  /// How long a node must be up before a message of its topics is expected to
  /// reach it.
  milliseconds stable_after{0};
  /// Whether nodes dial those that a PRUNE offers them, up to so many peers.
  std::size_t dial_offers_below = 0;
  /// What comes later than this after its publishing counts as not delivered.
  milliseconds deadline{std::chrono::hours{24}};
};

/// Two connected nodes; the first dialled.
using edge = std::pair<node_index, node_index>;

/// A number of nodes and the links between them in virtual time. All that is
/// random comes from one seed, so that a run replays exactly.
class sim_network final : node_observer {
public:
  explicit sim_network(const network_options& options);
  ~sim_network() override = default;

  node_index add_node(const node_options& options = {});
  void add_nodes(std::size_t count, const node_options& options = {});
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
  bool up(node_index node) const { return hosts_[node].up; }

  void behave(node_index node, const conduct& how) {
    hosts_[node].node->behave(how);
  }

  void join(node_index node, std::string_view topic);
  void join_all(std::string_view topic);
  void leave(node_index node, std::string_view topic);

  /// Publishes; all honest nodes subscribed to the topic at this moment, and up
  /// for long enough, are expected to get it, unless it is invalid. Returns how
  /// many peers it was sent to.
  std::size_t publish(node_index node, std::string_view topic);

  /// Lets that much virtual time pass.
  void run(milliseconds duration);

  const sim_node& node(node_index i) const { return *hosts_.at(i).node; }
  std::size_t size() const noexcept { return hosts_.size(); }
  gossip::rng& gen() noexcept { return gen_; }
  time_point now() const noexcept;

  /// What became of the messages published since the last `forget_messages`.
  report result() const { return summarize(ledger_.counts()); }
  void forget_messages() { ledger_.clear(); }

  /// A digest of every event so far: times, nodes, bytes.
  std::uint64_t trace() const noexcept { return trace_; }

  /// Bytes of control and gossip that it sent so far.
  std::uint64_t control_sent(node_index node) const {
    return hosts_[node].control_sent;
  }

  std::size_t mesh_events(gossip::mesh_event_kind kind) const {
    return mesh_events_.at(static_cast<std::size_t>(kind));
  }

private:
  // A place for a node, which may go and come.
  struct host {
    std::unique_ptr<sim_node> node;
    bool up = true;
    // Counts the nodes that were here.
    std::uint32_t life = 0;
    tick since = 0;
    std::uint64_t control_sent = 0;
    libp2p::ip_address ip;
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
    tick last_control = 0;
  };

  void on_validate(node_index node, const gossip::message_ptr& msg,
                   gossip::validation_token token) override;
  void on_deliver(node_index node, const gossip::message_ptr& msg,
                  node_index source) override;
  void on_mesh_event(node_index node, const gossip::mesh_event& e) override;
  void on_offer(node_index node, node_index peer) override;

  void put_node(node_index index, const node_options& options);
  std::uint32_t take_wire();
  void prefetch();
  void handle(const event& e);
  void beat(node_index node);
  void decide(const event& e);
  void dial_offered(const event& e);
  void flush(node_index node);
  void transmit(std::uint32_t wire, shared_bytes frame);
  void arrive(const event& e);
  void note(std::uint64_t what, std::uint64_t a, std::uint64_t b,
            std::uint64_t c = 0);

  network_options options_;
  gossip::rng gen_;
  event_queue events_;
  std::vector<host> hosts_;
  std::vector<wire> wires_;
  std::vector<std::uint32_t> free_wires_;
  message_ledger ledger_;
  turn_buffers buffers_;
  std::vector<node_index> expected_;
  std::array<std::size_t, 16> mesh_events_{};
  std::uint64_t trace_ = 0xcbf2'9ce4'8422'2325;
};

} // namespace grapevine::sim
