#include "app/sim/sim_views.hpp"

#include <fmt/format.h>

namespace grapevine::app {

namespace {

double seconds_of(std::chrono::milliseconds time) {
  return std::chrono::duration<double>{time}.count();
}

std::string rate(double bytes) {
  if (bytes >= 1e6)
    return fmt::format("{:.2f} MB/s", bytes / 1e6);
  return fmt::format("{:.2f} kB/s", bytes / 1e3);
}

} // namespace

std::string sim_text(const sim::scenario& s, const sim::scenario_result& r) {
  const auto& f = r.figures;
  std::string text = fmt::format(
      "{}: {} nodes, {} topics, {:g} s, seed {}\n"
      "messages    {} published, {} deliveries expected\n"
      "delivery    {:.6f} ({} missing, of which late {}; again after a "
      "restart {}, twice {})\n"
      "latency     p50 {:.2f} ms, p90 {:.2f} ms, p99 {:.2f} ms, max {:.2f} ms\n"
      "hops        p50 {}, p99 {}, max {}, mean {:.2f}\n"
      "duplicates  {:.2f} further copies of a message at each node\n"
      "control     {:.2f} bytes by byte of messages\n"
      "frames      {} sent, {} lost, {} dropped in queues\n"
      "nodes       went {} times\n",
      s.name, node_count(s), s.topics.count, seconds_of(s.duration), s.seed,
      f.published, f.expected, f.delivery_rate, missing(f), f.late, f.again,
      f.unexpected, f.latency.p50, f.latency.p90, f.latency.p99, f.latency.max,
      f.hops.p50, f.hops.p99, f.hops.max, f.mean_hops, f.duplicates,
      f.control_overhead, f.frames, f.lost, r.dropped, r.departures);
  for (const auto& group : r.groups)
    text += fmt::format("{}: {} nodes; each sends p50 {}, max {}; CPU p50 "
                        "{:.2f} %, max {:.2f} %; peers p50 {:g}, max {:g}\n",
                        group.name, group.nodes, rate(group.sent.p50),
                        rate(group.sent.max), 100 * group.cpu.p50,
                        100 * group.cpu.max, group.peers.p50, group.peers.max);
  return text + fmt::format("trace       {:016x}", r.trace);
}

} // namespace grapevine::app
