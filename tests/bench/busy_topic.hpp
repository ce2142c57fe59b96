#pragma once

#include "gossip/score/score_parameters.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace grapevine::bench {

/// Counters that never fade, so that each refresh finds all of them.
inline gossip::topic_score_parameters busy_topic() {
  using namespace std::chrono_literals;
  gossip::topic_score_parameters p;
  p.time_in_mesh = {0.01, 1s, 100};
  p.first_deliveries = {1, 0.999'999'9, 1'000};
  p.mesh_deliveries = {-1, 0.999'999'9, 1'000, 10, 2ms, 5s};
  p.mesh_failures = {-1, 0.999'999'9};
  p.invalid_messages = {-1, 0.999'999'9};
  return p;
}

/// A name as long as those of a large network.
inline std::string busy_topic_name(std::size_t number) {
  return "/eth2/4a26c58b/beacon_attestation_" + std::to_string(number)
         + "/ssz_snappy";
}

} // namespace grapevine::bench
