#pragma once

#include "sim/operation_costs.hpp"
#include "sim/sim_node.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::sim {

// A network and what happens to it: values alone, of which `run_scenario` makes
// a run. docs/commands/sim.md explains each.

/// Who dials whom.
enum class graph : std::uint8_t {
  /// A ring, and links at random besides.
  random,
  ring,
  line,
  /// Everybody dials the first nodes.
  star,
  tree,
  full,
  /// As the Helm chart has it.
  chart,
  /// Some subscribers of each of its topics, as who asks a directory for them.
  /// A node that loses one looks for another.
  subscribers,
};

struct topology_options {
  graph kind = graph::random;
  /// Others that each node dials; of `subscribers`, in each of its topics.
  std::size_t dials = 6;
  /// Of a star.
  std::size_t hubs = 1;
  /// Of a tree.
  std::size_t branches = 2;
};

/// Nodes of one kind.
struct node_group {
  std::string name = "nodes";
  std::size_t nodes = 12;
  /// The rules' numbers, and whether it keeps to them.
  node_options options{};
  /// What each node's uplink takes, in bytes per second; 0: any.
  double upload = 0;
  /// Cores of each node; 0: as many as it can use.
  std::size_t cores = 0;
  /// The name of its region; empty: they are spread over all.
  std::string region{};
  /// Nodes that an attacker dials.
  std::size_t targets = 20;
  /// The pauses before a lost peer is dialled again.
  std::chrono::milliseconds redial_min{200};
  std::chrono::milliseconds redial_max{60'000};
};

/// How long a link takes, one way.
struct latency_range {
  std::chrono::microseconds min{5'000};
  std::chrono::microseconds max{80'000};
  /// With a deviation `min` and `max` are the mean, and links are drawn from a
  /// normal distribution.
  std::chrono::microseconds deviation{0};
};

struct link_options {
  latency_range latency;
  /// Added to each frame, at most.
  std::chrono::microseconds jitter{1'000};
  /// The part of the packets that TCP has to send again.
  double packet_loss = 0;
  /// The part of the messages that is lost for good, as by full queues.
  double message_loss = 0;
  /// Where nodes are, and how long a link takes from each region (row) to each
  /// (column), instead of `latency`.
  std::vector<std::string> regions;
  std::vector<std::vector<std::chrono::microseconds>> matrix;
  /// Cores that all nodes share, as on one machine; 0: each has its own.
  std::size_t shared_cores = 0;
  operation_costs costs = measured_costs();
  /// Nodes dial whom a PRUNE offers while they have fewer peers than this.
  std::size_t dial_offers_below = 0;
  /// After so long two nodes that hear nothing of each other end their link.
  std::chrono::milliseconds silence{35'000};
};

struct topic_options {
  std::size_t count = 1;
  /// Of each node, drawn at random.
  std::size_t per_node = 1;
};

/// Messages of one kind.
struct traffic {
  /// In each topic and second, on average.
  double rate = 1;
  /// All the same time apart; else from none to twice the mean.
  bool even = false;
  /// Bytes of the data.
  std::size_t size = 1'024;
  /// Who publishes: nodes of this group; empty: of all.
  std::string group{};
  /// Of these so many; 0: all.
  std::size_t publishers = 0;
  /// From when on, since the network was made, and until when; not set: between
  /// settling and draining.
  std::optional<std::chrono::milliseconds> start{};
  std::optional<std::chrono::milliseconds> end{};
  /// Which topic; not set: each.
  std::optional<std::size_t> topic{};
};

/// How a node goes.
enum class departure : std::uint8_t {
  /// In order: what it has sent arrives.
  graceful,
  /// Its process ends: what is on its way is lost.
  kill,
  /// Its machine is gone: nobody is told.
  vanish,
};

/// Something that happens to some nodes.
struct incident {
  enum class kind : std::uint8_t {
    /// They go; after `lasting` they are back, with no memory.
    restart,
    /// They go for good.
    stop,
    /// Nothing gets between them and the others, for `lasting`.
    partition,
  };

  std::chrono::milliseconds at{0};
  kind what = kind::restart;
  departure how = departure::graceful;
  /// These nodes by their numbers, or so many at random, or this part at
  /// random; all empty: all.
  std::vector<std::size_t> which{};
  std::size_t nodes = 0;
  double part = 0;
  /// Of this group alone.
  std::string group{};
  std::chrono::milliseconds lasting{3'000};
  /// One after the other, so far apart; 0: all at once.
  std::chrono::milliseconds every{0};
};

struct churn_options {
  /// The part of the nodes that goes in a minute.
  double per_minute = 0;
  departure how = departure::kill;
  /// For how long, at the most.
  std::chrono::milliseconds away{30'000};
};

struct scenario {
  std::string name = "a network";
  std::uint64_t seed = 1;
  /// Virtual time, from the first connection to the end.
  std::chrono::milliseconds duration{60'000};
  /// Before the first message.
  std::chrono::milliseconds settle{10'000};
  /// After the last one; a message that takes longer counts as missing.
  std::chrono::milliseconds drain{8'000};
  /// How long a node must be there before messages are expected to reach it.
  std::chrono::milliseconds stable_after{0};
  std::vector<node_group> groups{node_group{}};
  topology_options topology;
  link_options network;
  topic_options topics;
  std::vector<traffic> messages{traffic{}};
  std::vector<incident> incidents;
  churn_options churn;
};

/// What does not go together in it; nothing if all does.
std::optional<std::string> problem_of(const scenario& s);

/// The nodes of all groups.
std::size_t node_count(const scenario& s);

} // namespace grapevine::sim
