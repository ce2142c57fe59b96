#pragma once

#include "app/options/score_values.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// A number of `Target` that can be set in place of the profile's.
template <class Target>
struct score_number {
  /// `first-deliveries-weight`.
  std::string name;
  /// Stands for the value in the help.
  std::string placeholder;
  /// How the errors of `gossip::validate` call it.
  std::string parameter;
  /// One line; empty for those of topics, which docs/configuration.md explains.
  std::string help;
  /// The text as it is shown, or what is wrong with it.
  std::function<parsed<std::string>(std::string_view)> normalise;
  /// Sets it to a text that was found to be good. Counters decay as `p` has it.
  std::function<void(Target&, std::string_view,
                     const gossip::score_parameters& p)>
      set;
  std::function<std::string(const Target&, const gossip::score_parameters& p)>
      show;
};

/// Of one topic.
using topic_score_number = score_number<gossip::topic_score_parameters>;
const std::vector<topic_score_number>& topic_score_numbers();

/// Of all scores, and the thresholds.
using global_score_number = score_number<gossip::scoring>;
const std::vector<global_score_number>& global_score_numbers();

/// The one of that name, or null.
template <class Target>
const score_number<Target>*
find_number(const std::vector<score_number<Target>>& numbers,
            std::string_view name) {
  const auto found =
      std::ranges::find(numbers, name, &score_number<Target>::name);
  return found == numbers.end() ? nullptr : &*found;
}

/// Sets numbers of `target` in place of what it has.
template <class Target, class Numbers>
void change(Target& target, const std::vector<score_number<Target>>& known,
            const Numbers& numbers, const gossip::score_parameters& p) {
  for (const auto& [name, text] : numbers)
    find_number(known, name)->set(target, text, p);
}

} // namespace grapevine::app
