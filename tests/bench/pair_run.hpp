#pragma once

#include "tests/bench/peer_set.hpp"
#include "tests/bench/process_stats.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace grapevine::bench {

/// An honest publisher and its one subscriber, both in the relay's mesh.
struct pair_options {
  /// Messages per second, of 1 KiB and signed.
  double rate = 200;
  double seconds = 5;
  /// The topic's number.
  std::size_t topic = 0;
  /// The publisher's among the load's identities, the subscriber's follows: a
  /// message's id is made of it, and none may be published twice.
  std::uint32_t publisher = 1;
  /// Follows the figures' names.
  std::string suffix;
  /// Where signatures are kept.
  std::filesystem::path pools;
};

/// Measures the pair's latencies, and what each of its messages costs the
/// relay, beside a crowd of other peers that is served meanwhile, but after the
/// pair.
void measure_pair(const pair_options& options, const endpoint& relay,
                  process_clock& relay_cpu, peer_set& crowd,
                  nlohmann::ordered_json& figures);

} // namespace grapevine::bench
