#pragma once

#include "libp2p/secure/security_kind.hpp"

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
  /// Messages per second, of 1 KiB and signed, of an honest publisher to one
  /// subscriber beside the peers; 0: without them.
  double pair_rate = 0;
  double pair_seconds = 5;
  /// By which the connections are encrypted.
  libp2p::security_kind security = libp2p::security_kind::noise;
  /// Whether to measure what it costs the relay to stop; of others than
  /// Grapevine's it is not known.
  bool stop = false;
  /// Where signatures are kept.
  std::filesystem::path pools;
  /// The relay's program.
  std::filesystem::path program;
  /// The cores it may use.
  std::vector<int> cores;
};

/// Starts a relay and connects peers to it that subscribe and then do nothing.
/// Measures its memory without and with them, how fast they get in, what the
/// relay does when there is nothing to do, and what others notice of them.
nlohmann::ordered_json measure_connections(const connection_options& options);

} // namespace grapevine::bench
