#include "actors/pubsub/validation_rules.hpp"

#include <limits>
#include <utility>

namespace grapevine {

namespace {

// Questions of a validation without a bound.
constexpr std::size_t unbounded_questions = 2'048;

const topic_validation* find(const validation_table& table,
                             std::string_view topic) {
  const auto found = table.find(topic);
  return found == table.end() ? nullptr : &found->second;
}

// The topic's own size counts more than that of all topics.
std::size_t size_of(const topic_validation* all, const topic_validation* own) {
  if (own != nullptr && own->max_size > 0)
    return own->max_size;
  return all != nullptr ? all->max_size : 0;
}

bool asks_anybody(const topic_validation* how) {
  return how != nullptr && !(how->functions.empty() && how->actors.empty());
}

} // namespace

std::size_t judge_panel::most_unanswered() const noexcept {
  const auto bound = how->max_messages;
  if (bound == 0)
    return unbounded_questions;
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  return bound > most / 2 ? most : 2 * bound;
}

validation_rules::validation_rules(
    std::shared_ptr<const validation_table> table, const judge_loads& loads)
    : table_{std::move(table)} {
  auto known = loads;
  for (const auto& [topic, how] : *table_) {
    judge_panel panel{&how, {}};
    for (const auto& judge : how.actors) {
      auto& load = known[judge.address()];
      if (!load)
        load = std::make_shared<load_gauge>();
      panel.loads.push_back(load);
    }
    panels_.emplace(topic, std::move(panel));
  }
  if (const auto all = panels_.find(all_topics); all != panels_.end())
    all_ = &all->second;
}

validation_rules::stages validation_rules::of(std::string_view topic) const {
  if (panels_.empty())
    return {};
  const auto own = panels_.find(topic);
  return {all_, own == panels_.end() ? nullptr : &own->second};
}

std::size_t max_data_size(const validation_table& table,
                          std::string_view topic) {
  if (table.empty())
    return 0;
  return size_of(find(table, all_topics), find(table, topic));
}

std::size_t max_data_size(const validation_rules::stages& stages) {
  const auto how = [](const judge_panel* panel) {
    return panel != nullptr ? panel->how : nullptr;
  };
  return size_of(how(stages[0]), how(stages[1]));
}

bool is_judged(const validation_table& table, std::string_view topic) {
  return !table.empty()
         && (asks_anybody(find(table, topic))
             || asks_anybody(find(table, all_topics)));
}

} // namespace grapevine
