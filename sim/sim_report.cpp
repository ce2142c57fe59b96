#include "sim/sim_report.hpp"

#include <cmath>
#include <iomanip>
#include <ostream>

namespace grapevine::sim {

namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

} // namespace

quantiles<double> milliseconds_of(const spread& latencies) {
  const auto at = [&](double part) { return latencies.quantile(part) / 1'000; };
  return {at(0.5), at(0.9), at(0.99), at(1)};
}

double histogram::mean() const noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    sum += static_cast<double>(i) * static_cast<double>(counts_[i]);
  return ratio(sum, static_cast<double>(size_));
}

std::size_t histogram::quantile(double part) const noexcept {
  const auto wanted =
      static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(size_)));
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if ((below += counts_[i]) >= wanted && below > 0)
      return i;
  return 0;
}

report summarize(const tally& counted) {
  report r;
  r.published = counted.published;
  r.expected = counted.expected;
  r.deliveries = counted.delivered;
  r.unexpected = counted.unexpected;
  r.extra = counted.extra;
  r.again = counted.again;
  r.late = counted.late;
  r.lost = counted.lost;
  r.frames = counted.frames;
  const auto delivered = static_cast<double>(counted.delivered);
  // Whoever got it, whether it had to or not.
  const auto all = static_cast<double>(counted.delivered + counted.extra
                                       + counted.again + counted.late);
  r.delivery_rate = ratio(delivered, static_cast<double>(counted.expected));
  r.duplicates = ratio(static_cast<double>(counted.copies) - all, all);
  r.control_overhead = ratio(static_cast<double>(counted.control_bytes),
                             static_cast<double>(counted.payload_bytes));
  r.payload_bytes = counted.payload_bytes;
  r.control_bytes = counted.control_bytes;
  r.mean_hops = counted.hops.mean();
  const auto hops = [&](double part) { return counted.hops.quantile(part); };
  r.hops = {hops(0.5), hops(0.9), hops(0.99), hops(1)};
  r.latency = milliseconds_of(counted.latencies);
  return r;
}

void print(std::ostream& os, std::string_view name, const report& figures) {
  const auto flags = os.flags();
  os << std::left << std::setw(34) << name << std::right << std::fixed
     << std::setprecision(4) << " delivery " << figures.delivery_rate << " of "
     << std::setw(6) << figures.expected << std::setprecision(2)
     << ", duplicates " << std::setw(5) << figures.duplicates << ", control "
     << std::setw(5) << figures.control_overhead << ", hops " << std::setw(5)
     << figures.mean_hops << " max " << std::setw(2) << figures.hops.max
     << ", ms p50 " << std::setw(6) << figures.latency.p50 << " p99 "
     << std::setw(7) << figures.latency.p99 << " max " << std::setw(7)
     << figures.latency.max << '\n';
  os.flags(flags);
}

} // namespace grapevine::sim
