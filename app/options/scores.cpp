#include "app/options/settings.hpp"

namespace grapevine::app {

namespace {

gossip::scoring ethereum_scoring(const settings& s) {
  auto network = s.ethereum;
  // A node without a mesh scores as the others do.
  if (s.params.mesh.degree > 0)
    network.mesh_degree = s.params.mesh.degree;
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

void use_profile(settings& s) {
  s.use_scoring(s.score_profile == gossip::score_profile::ethereum
                    ? ethereum_scoring(s)
                    : gossip::scoring_of(s.score_profile));
}

void complete_scoring(settings& s) {
  auto& p = s.score;
  if (s.score_other_topics) {
    const auto other =
        p.default_topic.value_or(gossip::topic_score_parameters{});
    p.default_topic = changed({other, &p}, *s.score_other_topics);
  }
  for (const auto& [topic, changes] : s.score_topics)
    p.topics.insert_or_assign(
        topic.text, changed({parameters_of(topic.text, p), &p}, changes));
  auto& whitelist = p.colocation.whitelist;
  whitelist.insert(whitelist.end(), s.colocation_whitelist.begin(),
                   s.colocation_whitelist.end());
}

} // namespace grapevine::app
