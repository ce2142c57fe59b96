#pragma once

#include "app/options/option_row.hpp"
#include "gossip/score/score_parameters.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::app {

/// What is different in a topic's score: `weight=0.5 first-deliveries-cap=20`.
struct topic_score_changes {
  /// By the row's name, as texts that were found to be good.
  std::vector<std::pair<std::string, std::string>> numbers;
};

/// The same with the topic: `news: weight=0.5 first-deliveries-cap=20`.
struct named_topic_score {
  topic_name topic;
  topic_score_changes changes;
};

template <>
struct value_text<topic_score_changes> {
  static parsed<topic_score_changes> parse(std::string_view text);
  static std::string format(const topic_score_changes& value);
};

template <>
struct value_text<named_topic_score> {
  static parsed<named_topic_score> parse(std::string_view text);
  static std::string format(const named_topic_score& value);
};

/// The score of a topic, and all scores, which say how often its counters fade.
struct scored_topic {
  gossip::topic_score_parameters own;
  const gossip::score_parameters* all;
};

inline const gossip::score_parameters& decays_of(const scored_topic& topic) {
  return *topic.all;
}

/// All numbers of a topic's score; docs/configuration.md explains them.
const std::vector<option_row<scored_topic>>& topic_score_rows();

/// A topic's score with what is different.
gossip::topic_score_parameters changed(const scored_topic& topic,
                                       const topic_score_changes& changes);

} // namespace grapevine::app
