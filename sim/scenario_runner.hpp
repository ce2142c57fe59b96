#pragma once

#include "sim/scenario.hpp"
#include "sim/scenario_run.hpp"
#include "sim/sim_network.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace grapevine::sim {

/// One run of a scenario: what is to be done when, in a network.
///
/// Its members are in `scenario_setup.cpp` (nodes, topics, links, messages),
/// `scenario_faults.cpp` (who goes and comes, and is dialled again) and
/// `scenario_run.cpp` (the way through the time, and what it gave).
class scenario_runner {
public:
  scenario_runner(const scenario& s,
                  const std::function<void(double)>& progress);

  scenario_result run();

private:
  struct member {
    std::size_t group = 0;
    std::vector<std::size_t> topics;
    /// Whom it stays connected to, and how often in a row it could not be.
    std::map<node_index, unsigned> kept;
    /// Who stays connected to it.
    std::vector<node_index> keepers;
    tick last_published = 0;
    tick since = 0;
    // Each departure has a number: what was planned for another one is void.
    std::uint32_t departures = 0;
  };

  // The sums of all nodes at the beginning of a slice.
  struct usage_sum {
    double cpu_us = 0;
    double bytes = 0;
  };

  // Does it then; what is done at one time is done in the order of asking.
  void at(tick when, std::function<void()> what) {
    agenda_.emplace(std::max(when, now_), std::move(what));
  }
  void after(std::chrono::microseconds pause, std::function<void()> what) {
    at(now_ + ticks(pause), std::move(what));
  }
  // From none to twice the mean, so that some come close together.
  tick about(double mean_us);

  // -- scenario_setup.cpp
  void populate();
  void add_group(std::size_t index);
  void choose_topics(node_index node);
  void join_topics(node_index node);
  void link_all();
  std::vector<edge> honest_links();
  void add_attacks();
  void keep(node_index node, node_index peer);
  void plan_messages();
  void publish_next(std::size_t index, tick end);
  void publish(const traffic& kind);
  std::function<microseconds(node_index, node_index, gossip::rng&)>
  latencies() const;
  const node_group& group_of(node_index node) const {
    return s_.groups[members_[node].group];
  }

  // -- scenario_faults.cpp
  void plan_incidents();
  void begin(const incident& what);
  std::vector<node_index> chosen(const incident& what);
  void plan_churn();
  void go(node_index node, departure how);
  void end_links(node_index node);
  void come(node_index node);
  void dial_subscribers(node_index node);
  void dial_one_of(node_index node, std::size_t topic);
  void look_for_another(node_index node);
  void dial_later(node_index node, node_index peer, unsigned failures);
  void dial(node_index node, node_index peer);
  void divide(const std::vector<node_index>& apart, milliseconds lasting);
  void end_silent_links();

  // -- scenario_run.cpp
  void end_slice(std::size_t index);
  usage_sum sum_of_usage() const;
  scenario_result result() const;
  group_result result_of(std::size_t group) const;

  const scenario& s_;
  const std::function<void(double)>& progress_;
  sim_network net_;
  gossip::rng gen_;
  std::multimap<tick, std::function<void()>> agenda_;
  tick now_ = 0;
  std::vector<std::string> names_;
  std::vector<member> members_;
  std::vector<node_index> honest_;
  // By topic.
  std::vector<std::vector<node_index>> subscribers_;
  std::vector<slice_result> slices_;
  usage_sum at_slice_;
  std::size_t departures_ = 0;
  std::uint32_t divisions_ = 0;
};

} // namespace grapevine::sim
