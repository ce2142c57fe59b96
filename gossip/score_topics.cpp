#include "gossip/score_topics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace grapevine::gossip {

namespace {

// P1 in quanta. A quotient of doubles is exact enough to be cut: times below a
// hundred days are whole numbers in a double, and so is an exact quotient.
double quanta(std::chrono::nanoseconds time,
              const time_in_mesh_parameters& p) noexcept {
  const auto count = static_cast<double>(time.count())
                     / static_cast<double>(p.quantum.count());
  return count < p.cap ? std::floor(count) : p.cap;
}

} // namespace

score_topics::score_topics(const topic_score_map& named,
                           const std::optional<topic_score_parameters>& others,
                           std::size_t max_unnamed)
    : others_{others}, max_unnamed_{max_unnamed} {
  for (const auto& [topic, own] : named)
    add(topic, own, true);
}

std::uint32_t score_topics::find(std::string_view topic) const noexcept {
  const auto i = by_name_.find(topic);
  return i == by_name_.end() ? none : i->second;
}

std::uint32_t score_topics::find_or_add(std::string_view topic) {
  const auto known = find(topic);
  if (known != none || !others_ || unnamed_ >= max_unnamed_)
    return known;
  return add(topic, *others_, false);
}

std::uint32_t score_topics::set(std::string_view topic,
                                const topic_score_parameters& p) {
  const auto known = find(topic);
  if (known == none)
    return add(topic, p, true);
  auto& changed = topics_[known];
  if (!changed.named)
    --unnamed_;
  changed.named = true;
  changed.parameters = p;
  return known;
}

void score_topics::drop_unused() {
  if (unnamed_ == 0)
    return;
  for (std::uint32_t i = 0; i < topics_.size(); ++i) {
    auto& topic = topics_[i];
    if (!topic.used || topic.named || topic.users > 0)
      continue;
    by_name_.erase(by_name_.find(std::string_view{topic.name}));
    topic = {};
    free_.push_back(i);
    --unnamed_;
  }
}

double score_topics::score(const topic_stats& stats,
                           time_point refreshed) const noexcept {
  const auto& p = topics_[stats.topic].parameters;
  const auto& counters = stats.counters;
  double sum = 0;
  if (stats.in_mesh) {
    const auto in_mesh = refreshed - stats.grafted;
    if (in_mesh > in_mesh.zero())
      sum += p.time_in_mesh.weight * quanta(in_mesh, p.time_in_mesh);
    const double lacking = deficit(stats, refreshed);
    sum += p.mesh_deliveries.weight * lacking * lacking;
  }
  const double invalid = counters[topic_counter::invalid_messages];
  sum += p.first_deliveries.weight * counters[topic_counter::first_deliveries];
  sum += p.mesh_failures.weight * counters[topic_counter::mesh_failures];
  sum += p.invalid_messages.weight * invalid * invalid;
  return p.weight * sum;
}

double score_topics::deficit(const topic_stats& stats,
                             time_point refreshed) const noexcept {
  const auto& p = topics_[stats.topic].parameters.mesh_deliveries;
  if (!stats.in_mesh || refreshed - stats.grafted <= p.activation)
    return 0;
  return std::max(0.0,
                  p.threshold - stats.counters[topic_counter::mesh_deliveries]);
}

void score_topics::decays(std::int64_t ticks,
                          std::vector<topic_counters>& out) const {
  const auto power = [ticks](double decay) {
    return ticks == 1 ? decay : std::pow(decay, static_cast<double>(ticks));
  };
  out.resize(topics_.size());
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    const auto& p = topics_[i].parameters;
    auto& factors = out[i];
    factors[topic_counter::first_deliveries] = power(p.first_deliveries.decay);
    factors[topic_counter::mesh_deliveries] = power(p.mesh_deliveries.decay);
    factors[topic_counter::mesh_failures] = power(p.mesh_failures.decay);
    factors[topic_counter::invalid_messages] = power(p.invalid_messages.decay);
  }
}

std::chrono::nanoseconds score_topics::largest_window() const noexcept {
  auto largest = others_ ? others_->mesh_deliveries.window
                         : std::chrono::nanoseconds::zero();
  for (const auto& topic : topics_)
    largest = std::max(largest, topic.parameters.mesh_deliveries.window);
  return largest;
}

std::uint32_t score_topics::add(std::string_view topic,
                                const topic_score_parameters& p, bool named) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(topics_.size()));
    topics_.emplace_back();
  }
  const auto index = free_.back();
  by_name_.emplace(std::string{topic}, index);
  free_.pop_back();
  topics_[index] = {std::string{topic}, p, true, named, 0};
  unnamed_ += named ? 0 : 1;
  return index;
}

} // namespace grapevine::gossip
