#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <vector>

namespace grapevine::bench {

/// How many peers a relay gets, and for how long it is watched.
struct connection_options {
  /// Those at the end.
  std::size_t peers = 1'000;
  /// Those that are there while the relay's idling is measured.
  std::size_t idle_peers = 100;
  double idle_seconds = 5;
  /// Until what a node does after its start, or after a connection, is done.
  double settle_seconds = 2;
  /// The relay's program.
  std::filesystem::path program;
  /// The cores it may use.
  std::vector<int> cores;
};

/// Starts a relay and connects peers to it that subscribe and then do nothing.
/// Measures its memory without and with them, how fast they get in, and what
/// the relay does when there is nothing to do.
nlohmann::ordered_json measure_connections(const connection_options& options);

} // namespace grapevine::bench
