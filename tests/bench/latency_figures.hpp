#pragma once

#include "tests/bench/latency_histogram.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace grapevine::bench {

/// Adds what is told of latencies to a run's figures: `latency_p50_us`, `p99`,
/// `p999`, `latency_samples` and `latency_histogram`, by which the suite adds
/// up several runs. `suffix` follows each name.
void add_latencies(nlohmann::ordered_json& figures, const std::string& suffix,
                   const latency_histogram& latencies);

} // namespace grapevine::bench
