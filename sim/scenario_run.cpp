#include "sim/scenario_run.hpp"

#include "sim/scenario_runner.hpp"

#include <algorithm>
#include <cmath>

namespace grapevine::sim {

namespace {

// Parts of a run's time in its report.
constexpr int slice_count = 60;

network_options network_of(const scenario& s) {
  network_options result;
  result.seed = s.seed;
  result.jitter = s.network.jitter;
  result.loss = s.network.message_loss;
  result.validation = milliseconds{0};
  result.stable_after = s.stable_after;
  result.dial_offers_below = s.network.dial_offers_below;
  result.deadline = s.drain;
  result.ordered = true;
  result.packet_loss = s.network.packet_loss;
  result.costs = s.network.costs.scaled();
  result.slice = std::max(milliseconds{1}, s.duration / slice_count);
  return result;
}

quantiles<double> quantiles_of(std::vector<double> values) {
  if (values.empty())
    return {};
  std::ranges::sort(values);
  const auto at = [&](double part) {
    const auto place = std::ceil(part * static_cast<double>(values.size())) - 1;
    return values[static_cast<std::size_t>(std::max(0.0, place))];
  };
  return {at(0.5), at(0.9), at(0.99), at(1)};
}

double seconds_of(milliseconds duration) {
  return std::chrono::duration<double>{duration}.count();
}

} // namespace

scenario_runner::scenario_runner(const scenario& s,
                                 const std::function<void(double)>& progress)
    : s_{s}, progress_{progress}, net_{[&] {
        auto options = network_of(s);
        options.latency_of = latencies();
        return options;
      }()},
      gen_{s.seed} {}

tick scenario_runner::about(double mean_us) {
  return gossip::random_below(
      gen_, static_cast<std::size_t>(std::llround(2 * mean_us)) + 1);
}

scenario_result scenario_runner::run() {
  populate();
  plan_messages();
  plan_incidents();
  plan_churn();
  const auto slice = network_of(s_).slice;
  for (std::size_t i = 1; i * ticks(slice) <= ticks(s_.duration); ++i)
    at(i * ticks(slice), [this, i] { end_slice(i); });
  const auto end = ticks(s_.duration);
  while (!agenda_.empty() && agenda_.begin()->first <= end) {
    const auto next = agenda_.extract(agenda_.begin());
    net_.run(duration_of(next.key() - now_));
    now_ = next.key();
    next.mapped()();
  }
  net_.run(duration_of(end - now_));
  return result();
}

void scenario_runner::end_slice(std::size_t index) {
  const auto length = seconds_of(network_of(s_).slice);
  const auto nodes = static_cast<double>(net_.size());
  const auto sum = sum_of_usage();
  auto& slice = slices_.emplace_back();
  slice.begin_seconds = static_cast<double>(index - 1) * length;
  slice.bytes_sent = (sum.bytes - at_slice_.bytes) / nodes / length;
  slice.cpu = (sum.cpu_us - at_slice_.cpu_us) / nodes / length / 1e6;
  for (node_index node = 0; node < net_.size(); ++node)
    slice.nodes_up += net_.up(node) ? 1 : 0;
  at_slice_ = sum;
  if (progress_)
    progress_(static_cast<double>(now_)
              / static_cast<double>(ticks(s_.duration)));
}

scenario_runner::usage_sum scenario_runner::sum_of_usage() const {
  usage_sum sum;
  for (node_index node = 0; node < net_.size(); ++node) {
    const auto& usage = net_.usage(node);
    sum.cpu_us += static_cast<double>(usage.cpu.count());
    sum.bytes += static_cast<double>(usage.bytes_sent);
  }
  return sum;
}

scenario_result scenario_runner::result() const {
  scenario_result r;
  r.figures = net_.result();
  r.latencies = net_.counts().latencies;
  r.hops = net_.counts().hops;
  r.slice_seconds = seconds_of(network_of(s_).slice);
  r.slices = slices_;
  for (std::size_t i = 0; i < r.slices.size() && i < net_.slices().size(); ++i)
    r.slices[i].messages = net_.slices()[i];
  for (std::size_t i = 0; i < s_.groups.size(); ++i)
    r.groups.push_back(result_of(i));
  r.departures = departures_;
  r.trace = net_.trace();
  for (node_index i = 0; i < net_.size(); ++i)
    r.dropped += net_.node(i).dropped();
  return r;
}

group_result scenario_runner::result_of(std::size_t group) const {
  std::vector<double> sent;
  std::vector<double> received;
  std::vector<double> cpu;
  std::vector<double> peers;
  std::vector<double> mesh;
  const auto time = seconds_of(s_.duration);
  for (node_index node = 0; node < net_.size(); ++node) {
    if (members_[node].group != group)
      continue;
    const auto& usage = net_.usage(node);
    sent.push_back(static_cast<double>(usage.bytes_sent) / time);
    received.push_back(static_cast<double>(usage.bytes_received) / time);
    cpu.push_back(static_cast<double>(usage.cpu.count()) / 1e6 / time);
    peers.push_back(static_cast<double>(net_.node(node).meshes().peer_count()));
    double members = 0;
    for (const auto topic : members_[node].topics)
      members +=
          static_cast<double>(net_.node(node).mesh_of(names_[topic]).size());
    mesh.push_back(members);
  }
  return {s_.groups[group].name,         sent.size(),
          quantiles_of(std::move(sent)), quantiles_of(std::move(received)),
          quantiles_of(std::move(cpu)),  quantiles_of(std::move(peers)),
          quantiles_of(std::move(mesh))};
}

scenario_result run_scenario(const scenario& s,
                             const std::function<void(double)>& progress) {
  return scenario_runner{s, progress}.run();
}

} // namespace grapevine::sim
