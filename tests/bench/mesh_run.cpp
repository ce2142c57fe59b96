#include "tests/bench/mesh_run.hpp"

#include "tests/bench/latency_figures.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_process.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;
using seconds = std::chrono::duration<double>;

// After the last message was published: what is on its way, and gossip.
constexpr auto arrival_time = 1500ms;

constexpr auto connect_patience = 120s;
constexpr auto answer_patience = 20s;

constexpr std::size_t dials_at_once = 8;

// Caches, compilers and whatever else has to warm up.
constexpr double warm_up_part = 0.3;

latency_histogram::duration microseconds(double number) {
  return std::chrono::duration_cast<latency_histogram::duration>(
      std::chrono::duration<double, std::micro>{number});
}

/// The processes and what is asked of all of them.
class network {
public:
  explicit network(const mesh_options& o) : options_{o} {
    for (std::size_t i = 0; i < o.nodes; ++i)
      nodes_.push_back(std::make_unique<relay_process>(relay_command{
          o.program,
          {"--degree", "6", "--degree-low", "5", "--degree-high", "12"},
          {}}));
    for (auto& node : nodes_)
      clocks_.emplace_back(node->id());
  }

  /// A few at once: on few cores all together would time out.
  void connect() {
    const auto graph =
        random_graph(options_.nodes, options_.dials, options_.seed);
    for (auto& node : nodes_)
      static_cast<void>(node->multiaddr());
    for (std::size_t i = 0; i < graph.size(); i += dials_at_once)
      dial(std::span{graph}.subspan(i,
                                    std::min(dials_at_once, graph.size() - i)));
  }

  /// At the whole rate; the nodes take turns. How many messages.
  std::size_t publish(double time) {
    const auto count = static_cast<double>(nodes_.size());
    const auto command = "publish " + std::to_string(options_.rate / count)
                         + ' ' + std::to_string(time) + ' '
                         + std::to_string(options_.size);
    for (auto& node : nodes_) {
      node->tell(command);
      std::this_thread::sleep_for(seconds{1 / options_.rate});
    }
    const auto patience =
        std::chrono::ceil<std::chrono::milliseconds>(seconds{time})
        + answer_patience;
    std::size_t published = 0;
    for (auto& node : nodes_)
      published += read_count(node->answer(patience));
    std::this_thread::sleep_for(arrival_time);
    return published;
  }

  /// The latencies of all that was delivered since the last report.
  latency_histogram report() {
    latency_histogram result;
    for (auto& node : nodes_)
      node->tell("report");
    for (auto& node : nodes_) {
      const auto report = nlohmann::json::parse(node->answer(answer_patience));
      for (const auto& latency : report.at("latencies_us"))
        result.add(microseconds(latency.get<double>()));
    }
    return result;
  }

  double cpu() {
    double sum = 0;
    for (auto& clock : clocks_)
      sum += clock.seconds();
    return sum;
  }

  /// The mean of all nodes.
  double resident() const {
    double sum = 0;
    for (const auto& node : nodes_)
      sum += memory_of(node->id()).resident;
    return sum / static_cast<double>(nodes_.size());
  }

private:
  void dial(std::span<const std::pair<std::size_t, std::size_t>> links) {
    for (const auto& [from, to] : links)
      nodes_[from]->tell("connect " + nodes_[to]->multiaddr());
    for (const auto& [from, to] : links)
      if (const auto answer = nodes_[from]->answer(connect_patience);
          answer != "connected")
        throw std::runtime_error{"a node cannot connect: " + answer};
  }

  static std::size_t read_count(const std::string& answer) {
    const std::string prefix = "published ";
    if (!answer.starts_with(prefix))
      throw std::runtime_error{"a node does not publish: " + answer};
    return std::stoul(answer.substr(prefix.size()));
  }

  mesh_options options_;
  std::vector<std::unique_ptr<relay_process>> nodes_;
  std::vector<process_clock> clocks_;
};

} // namespace

std::vector<std::pair<std::size_t, std::size_t>>
random_graph(std::size_t nodes, std::size_t dials, std::uint32_t seed) {
  // Not the library's distributions and shuffles, which differ from one to the
  // next.
  std::mt19937 random{seed};
  std::set<std::pair<std::size_t, std::size_t>> links;
  std::vector<std::pair<std::size_t, std::size_t>> result;
  for (std::size_t i = 0; i < dials * nodes; ++i) {
    const auto from = i % nodes;
    std::vector<std::size_t> others;
    for (std::size_t to = 0; to < nodes; ++to)
      if (to != from && !links.contains(std::minmax(from, to)))
        others.push_back(to);
    if (others.empty())
      continue;
    const auto to = others[random() % others.size()];
    links.insert(std::minmax(from, to));
    result.emplace_back(from, to);
  }
  return result;
}

nlohmann::ordered_json measure_mesh(const mesh_options& options) {
  network all{options};
  all.connect();
  std::this_thread::sleep_for(seconds{options.forming_seconds});
  all.publish(warm_up_part * options.seconds);
  all.report();
  const auto cpu = all.cpu();
  const auto wire = loopback_bytes();
  const auto published = all.publish(options.seconds);
  const auto spent = all.cpu() - cpu;
  const auto sent = loopback_bytes() - wire;
  const auto latencies = all.report();
  const auto delivered = static_cast<double>(latencies.count());
  const auto expected =
      static_cast<double>(published) * static_cast<double>(options.nodes - 1);
  nlohmann::ordered_json result{
      {"published", published},
      {"delivered", latencies.count()},
      {"completeness", delivered / expected},
      {"cpu_us_per_delivery", spent * 1e6 / delivered},
      {"wire_bytes_per_delivery", sent / delivered},
      {"resident_bytes_per_node", all.resident()}};
  add_latencies(result, "", latencies);
  return result;
}

} // namespace grapevine::bench
