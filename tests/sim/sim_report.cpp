#include "tests/sim/sim_report.hpp"

#include <algorithm>
#include <iomanip>
#include <numeric>
#include <ostream>

namespace grapevine::sim {

namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

// The smallest element that is not below `part` of all; `sorted` is.
std::chrono::milliseconds
quantile(const std::vector<std::chrono::milliseconds>& sorted, double part) {
  if (sorted.empty())
    return {};
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(last * part)];
}

} // namespace

report summarize(const tally& counted) {
  report r;
  r.published = counted.published;
  r.deliveries = counted.delivered;
  r.unexpected = counted.unexpected;
  r.lost = counted.lost;
  const auto delivered = static_cast<double>(counted.delivered);
  const auto copies = static_cast<double>(counted.copies);
  r.delivery_rate = ratio(delivered, static_cast<double>(counted.expected));
  r.duplicates = ratio(copies - delivered, delivered);
  r.control_overhead = ratio(static_cast<double>(counted.control_bytes),
                             static_cast<double>(counted.payload_bytes));
  if (!counted.hops.empty()) {
    const auto sum = std::accumulate(counted.hops.begin(), counted.hops.end(),
                                     std::size_t{0});
    r.mean_hops = ratio(static_cast<double>(sum), delivered);
    r.max_hops = *std::max_element(counted.hops.begin(), counted.hops.end());
  }
  auto latencies = counted.latencies;
  std::sort(latencies.begin(), latencies.end());
  r.median_latency = quantile(latencies, 0.5);
  r.p99_latency = quantile(latencies, 0.99);
  r.max_latency = quantile(latencies, 1);
  return r;
}

void print(std::ostream& os, std::string_view name, const report& figures) {
  const auto flags = os.flags();
  os << std::left << std::setw(34) << name << std::right << std::fixed
     << std::setprecision(4) << " delivery " << figures.delivery_rate << " of "
     << std::setw(6) << figures.deliveries << std::setprecision(2)
     << ", duplicates " << std::setw(5) << figures.duplicates << ", control "
     << std::setw(5) << figures.control_overhead << ", hops " << std::setw(5)
     << figures.mean_hops << " max " << std::setw(2) << figures.max_hops
     << ", ms p50 " << std::setw(4) << figures.median_latency.count() << " p99 "
     << std::setw(4) << figures.p99_latency.count() << " max " << std::setw(5)
     << figures.max_latency.count() << '\n';
  os.flags(flags);
}

} // namespace grapevine::sim
