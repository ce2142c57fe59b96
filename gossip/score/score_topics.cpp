#include "gossip/score/score_topics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace grapevine::gossip {

namespace {

std::chrono::nanoseconds time_to_cap(const time_in_mesh_parameters& p) {
  const std::chrono::duration<double, std::nano> time =
      std::ceil(p.cap) * std::chrono::duration<double, std::nano>{p.quantum};
  // As long as a node may run; more would not fit into the integer.
  const std::chrono::hours longest{24 * 365 * 100};
  return time < longest
             ? std::chrono::duration_cast<std::chrono::nanoseconds>(time)
             : longest;
}

} // namespace

topic_rules::topic_rules(const topic_score_parameters& p)
    : in_mesh_weight{p.weight * p.time_in_mesh.weight},
      in_mesh_quantum{static_cast<double>(p.time_in_mesh.quantum.count())},
      in_mesh_cap{p.time_in_mesh.cap}, in_mesh_full{time_to_cap(
                                           p.time_in_mesh)},
      first_weight{p.weight * p.first_deliveries.weight},
      mesh_weight{p.weight * p.mesh_deliveries.weight},
      failure_weight{p.weight * p.mesh_failures.weight},
      invalid_weight{p.weight * p.invalid_messages.weight},
      threshold{p.mesh_deliveries.threshold},
      activation{p.mesh_deliveries.activation} {
  decay.set(topic_counter::first_deliveries, p.first_deliveries.decay);
  decay.set(topic_counter::mesh_deliveries, p.mesh_deliveries.decay);
  decay.set(topic_counter::mesh_failures, p.mesh_failures.decay);
  decay.set(topic_counter::invalid_messages, p.invalid_messages.decay);
}

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
  rules_[known] = topic_rules{p};
  return known;
}

void score_topics::use(const topic_score_map& named,
                       const std::optional<topic_score_parameters>& others) {
  others_ = others;
  unnamed_ = 0;
  // Without parameters, what is there counts nothing until it is dropped.
  const topic_score_parameters unnamed =
      others.value_or(topic_score_parameters{});
  topics_.each([&](slot_handle which, scored_topic& topic) {
    topic.named = false;
    topic.parameters = unnamed;
    rules_[which.slot] = topic_rules{unnamed};
    ++unnamed_;
  });
  for (const auto& [topic, own] : named)
    set(topic, own);
}

void score_topics::drop_unused() {
  if (unnamed_ == 0)
    return;
  topics_.each([this](slot_handle which, const scored_topic& topic) {
    if (topic.named || topic.users > 0)
      return;
    by_name_.erase(by_name_.find(std::string_view{topic.name}));
    topics_.erase(which);
    --unnamed_;
  });
}

void score_topics::decays(std::int64_t ticks,
                          std::vector<topic_counters>& out) const {
  out.clear();
  for (const auto& rules : rules_) {
    out.push_back(rules.decay);
    // As a rule it is one.
    if (ticks != 1)
      out.back().raise(static_cast<double>(ticks));
  }
}

std::chrono::nanoseconds score_topics::largest_window() const noexcept {
  auto largest = others_ ? others_->mesh_deliveries.window
                         : std::chrono::nanoseconds::zero();
  topics_.each([&](slot_handle, const scored_topic& topic) {
    largest = std::max(largest, topic.parameters.mesh_deliveries.window);
  });
  return largest;
}

std::uint32_t score_topics::add(std::string_view topic,
                                const topic_score_parameters& p, bool named) {
  const auto index = topics_.insert({std::string{topic}, p, named, 0}).slot;
  by_name_.emplace(std::string{topic}, index);
  if (index == rules_.size())
    rules_.emplace_back(p);
  else
    rules_[index] = topic_rules{p};
  unnamed_ += named ? 0 : 1;
  return index;
}

} // namespace grapevine::gossip
