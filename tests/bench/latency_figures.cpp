#include "tests/bench/latency_figures.hpp"

namespace grapevine::bench {

void add_latencies(nlohmann::ordered_json& figures, const std::string& suffix,
                   const latency_histogram& latencies) {
  figures["latency_p50_us" + suffix] = latencies.percentile(0.5);
  figures["latency_p99_us" + suffix] = latencies.percentile(0.99);
  figures["latency_p999_us" + suffix] = latencies.percentile(0.999);
  figures["latency_samples" + suffix] = latencies.count();
  figures["latency_histogram" + suffix] = latencies.to_text();
}

} // namespace grapevine::bench
