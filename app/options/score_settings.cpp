#include "app/options/score_settings.hpp"

#include "app/options/score_numbers.hpp"

#include <utility>

namespace grapevine::app {

namespace {

gossip::scoring profile_of(const score_settings& s, std::size_t degree) {
  if (s.profile != gossip::score_profile::ethereum)
    return gossip::scoring_of(s.profile);
  gossip::ethereum_network network;
  if (s.digest)
    network.fork_digest = s.digest->text;
  if (s.validators)
    network.active_validators = *s.validators;
  // A node without a mesh scores as the others do.
  if (degree > 0)
    network.mesh_degree = degree;
  return gossip::ethereum_scoring(network);
}

// A topic has what all others have, unless the profile knows it by name.
gossip::topic_score_parameters
parameters_of(const std::string& topic, const gossip::score_parameters& p) {
  if (const auto own = p.topics.find(topic); own != p.topics.end())
    return own->second;
  return p.default_topic.value_or(gossip::topic_score_parameters{});
}

} // namespace

gossip::scoring make_scoring(const score_settings& s, std::size_t degree) {
  auto result = profile_of(s, degree);
  auto& p = result.parameters;
  change(result, global_score_numbers(), s.changes, p);
  if (s.other_topics) {
    auto other = p.default_topic.value_or(gossip::topic_score_parameters{});
    change(other, topic_score_numbers(), s.other_topics->numbers, p);
    p.default_topic = other;
  }
  for (const auto& [topic, changes] : s.topics) {
    auto own = parameters_of(topic.text, p);
    change(own, topic_score_numbers(), changes.numbers, p);
    p.topics.insert_or_assign(topic.text, own);
  }
  auto& whitelist = p.colocation.whitelist;
  whitelist.insert(whitelist.end(), s.colocation_whitelist.begin(),
                   s.colocation_whitelist.end());
  return result;
}

} // namespace grapevine::app
