#pragma once

#include "actors/node_config.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::interop {

/// What the command line says.
struct options {
  std::vector<std::string> listen;
  std::vector<std::string> topics;
  std::vector<std::string> peers;
  std::string policy = "strict-sign";
  std::size_t max_size = gossip::limits::rpc_size;
  bool no_mesh = false;
  std::string flood_publish;
  /// Empty: the node's default.
  std::string security;
  std::optional<std::uint64_t> identity_seed;
  std::string swarm_key;
  bool px = false;
  bool score = false;
  std::vector<std::string> direct;
  std::vector<std::string> partial;
  bool test_extension = false;
  std::optional<std::size_t> idontwant_threshold;
  bool trace = false;
  bool mdns = false;
};

/// Tells `app` the flags that fill in `o`.
void add_options(CLI::App& app, options& o);

libp2p::multiaddr parse_address(const std::string& text);

node_config make_config(const options& o);

} // namespace grapevine::interop
