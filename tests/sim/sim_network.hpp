#pragma once

#include "tests/sim/sim_node.hpp"
#include "tests/sim/sim_report.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
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
  /// Cuts all links of the node.
  void isolate(node_index node);

  void join(node_index node, std::string_view topic);
  void join_all(std::string_view topic);
  void leave(node_index node, std::string_view topic);

  /// Publishes; all nodes subscribed to the topic at this moment are expected
  /// to get it. Returns how many peers it was sent to.
  std::size_t publish(node_index node, std::string_view topic);

  /// Lets that much virtual time pass.
  void run(milliseconds duration);

  const sim_node& node(node_index i) const { return *nodes_.at(i); }
  std::size_t size() const noexcept { return nodes_.size(); }
  gossip::rng& gen() noexcept { return gen_; }
  time_point now() const noexcept { return now_; }

  /// What became of the messages published since the last `forget_messages`.
  report result() const;
  void forget_messages();

  /// A digest of every event so far: times, nodes, bytes.
  std::uint64_t trace() const noexcept { return trace_; }

  std::size_t mesh_events(gossip::mesh_event_kind kind) const {
    return mesh_events_.at(static_cast<std::size_t>(kind));
  }

private:
  struct event {
    time_point at;
    std::uint64_t order;
    std::function<void()> action;

    // The earliest on top of the queue.
    friend bool operator<(const event& a, const event& b) {
      return std::pair{a.at, a.order} > std::pair{b.at, b.order};
    }
  };

  // One direction of a link.
  struct wire {
    std::uint64_t connection = 0;
    milliseconds latency{};
    time_point last_control{};
  };

  struct published {
    time_point at;
    std::string topic;
    std::set<node_index> missing;
    // Hops from the author, by node that has it.
    std::unordered_map<node_index, std::size_t> hops;
  };

  void on_validate(node_index node, const gossip::message_ptr& msg,
                   gossip::validation_token token) override;
  void on_deliver(node_index node, const gossip::message_ptr& msg,
                  const libp2p::peer_id& source) override;
  void on_mesh_event(node_index node, const gossip::mesh_event& e) override;

  void schedule(time_point at, std::function<void()> action);
  void beat(node_index node);
  void flush(node_index node);
  void transmit(node_index from, node_index to, shared_bytes frame);
  void arrive(node_index from, node_index to, std::uint64_t connection,
              const shared_bytes& frame);
  void note(std::uint64_t what, std::uint64_t a, std::uint64_t b,
            std::uint64_t c = 0);

  network_options options_;
  gossip::rng gen_;
  time_point now_{std::chrono::hours{1}};
  std::uint64_t next_order_ = 0;
  std::uint64_t next_connection_ = 1;
  std::priority_queue<event> events_;
  std::vector<std::unique_ptr<sim_node>> nodes_;
  std::unordered_map<libp2p::peer_id, node_index> index_of_;
  std::map<edge, wire> wires_;
  std::unordered_map<gossip::message_id, published> messages_;
  tally tally_;
  std::array<std::size_t, 8> mesh_events_{};
  std::uint64_t trace_ = 0xcbf2'9ce4'8422'2325;
};

} // namespace grapevine::sim
