#pragma once

#include "app/options/network_values.hpp"
#include "app/options/score_values.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::app {

/// What can be configured of the scores: a profile, and what is different.
struct score_settings {
  gossip::score_profile profile = gossip::score_profile::standard;
  std::optional<fork_digest> digest;
  std::optional<std::size_t> validators;
  /// By the name of the number (`global_score_numbers`).
  std::map<std::string, std::string> changes;
  std::vector<named_topic_score> topics;
  std::optional<topic_score_changes> other_topics;
  /// Besides the profile's.
  std::vector<libp2p::ip_prefix> colocation_whitelist;
};

/// The scoring that these make, for a mesh of `degree` peers. Whether it is
/// valid is for `gossip::validate` to say.
gossip::scoring make_scoring(const score_settings& s, std::size_t degree);

} // namespace grapevine::app
