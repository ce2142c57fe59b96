#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::app::cluster {

/// The most nodes that a cluster on one machine may have.
inline constexpr std::size_t max_nodes = 500;

/// What whoever starts a cluster asks for.
struct cluster_wish {
  std::size_t nodes = 5;
  /// Of each node there is a folder in it, with its key and its log.
  std::filesystem::path folder;
  std::vector<std::string> topics{"news"};
  /// Each node has a network of its own; else they share loopback.
  bool namespaces = false;
  /// The page's; on loopback the nodes have the ports behind it.
  std::uint16_t port = 4100;
  /// Other nodes that each node dials.
  std::size_t dials = 3;
  /// Who dials whom, and whom faults hit.
  std::uint64_t seed = 1;
  /// Further options of all nodes (`--config`).
  std::optional<std::filesystem::path> config;
};

/// One of its nodes.
struct node_plan {
  /// `node-07`.
  std::string name;
  std::filesystem::path folder;
  /// The IPv4 address at which it listens.
  std::string ip;
  /// The HTTP API's place, as `--api` has it. On loopback its page is there.
  std::string api;
  /// `/ip4/127.0.0.1/tcp/4113`.
  std::string address;
  /// What the program is called with.
  std::vector<std::string> arguments;
};

/// What makes such a cluster: a ring, so that all are connected, in which each
/// node dials `dials - 1` further ones by chance.
std::vector<node_plan> plan_cluster(const cluster_wish& wish);

} // namespace grapevine::app::cluster
