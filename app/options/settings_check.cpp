#include "app/options/settings_check.hpp"

#include "app/options/score_numbers.hpp"
#include "libp2p/address/dial_plan.hpp"

#include <fmt/format.h>
#include <set>
#include <string_view>
#include <utility>

namespace grapevine::app {

namespace {

// Where an option was given, or else the option itself.
std::string origin_of(const std::string& name, const assignments& given) {
  const auto source = given.find(name);
  return source == given.end() ? "--" + name : source->second.origin;
}

void rename(std::string& text, const std::string& parameter,
            const std::string& name) {
  if (parameter.empty())
    return;
  if (const auto place = text.find(parameter); place != std::string::npos)
    text.replace(place, parameter.size(), name);
}

// Makes the parameters' names such that the user knows.
unexpected<failure> broken_rule(const gossip::parameter_error& error,
                                const assignments& given) {
  auto text = error.text;
  for (const auto& known : all_options())
    rename(text, known.parameter, origin_of(known.name, given));
  return usage_error(std::move(text));
}

// -- scores -------------------------------------------------------------------

outcome<void> check_profile(const score_settings& s, const assignments& given) {
  const bool ethereum = s.profile == gossip::score_profile::ethereum;
  for (const auto* name : {"ethereum-fork-digest", "ethereum-validators"})
    if (given.contains(name) && !ethereum)
      return usage_error(origin_of(name, given) + " needs "
                         + origin_of("score-profile", given) + " ethereum");
  if (s.validators == std::size_t{0})
    return usage_error(origin_of("ethereum-validators", given)
                       + ": \"0\": must be at least 1");
  return {};
}

// `changed` is what a topic's score is with the changes in `text`.
outcome<void> check_topic(const gossip::topic_score_parameters& changed,
                          const std::string& text, const std::string& origin) {
  const auto valid = gossip::validate(changed);
  if (valid)
    return {};
  auto why = valid.error().text;
  for (const auto& number : topic_score_numbers())
    rename(why, number.parameter, number.name);
  return usage_error(origin + ": \"" + text + "\": " + why);
}

outcome<void> check_topics(const score_settings& s,
                           const gossip::score_parameters& made,
                           const assignments& given) {
  if (s.other_topics)
    if (auto checked = check_topic(
            *made.default_topic,
            value_text<topic_score_changes>::format(*s.other_topics),
            origin_of("score-other-topics", given));
        !checked)
      return checked;
  const auto origin = origin_of("score-topic", given);
  std::set<std::string_view> seen;
  for (const auto& one : s.topics) {
    const auto& name = one.topic.text;
    if (!seen.insert(name).second)
      return usage_error(
          fmt::format("{}: \"{}\" is there twice; say all of a topic at once",
                      origin, name));
    if (auto checked =
            check_topic(made.topics.at(name),
                        value_text<named_topic_score>::format(one), origin);
        !checked)
      return checked;
  }
  return {};
}

// -- all ----------------------------------------------------------------------

outcome<void> check_parameters(const settings& s, const assignments& given) {
  if (auto checked = check_profile(s.scores, given); !checked)
    return checked;
  const auto scoring = make_scoring(s.scores, s.params.mesh.degree);
  auto params = s.params;
  params.thresholds = scoring.thresholds;
  if (const auto valid = gossip::validate(params); !valid)
    return broken_rule(valid.error(), given);
  if (auto checked = check_topics(s.scores, scoring.parameters, given);
      !checked)
    return checked;
  if (const auto valid = gossip::validate(scoring.parameters); !valid)
    return broken_rule(valid.error(), given);
  return {};
}

// What an address asks for must be possible.
outcome<void> check_dial(const libp2p::multiaddr& address,
                         const std::string& origin) {
  if (const auto plan = libp2p::plan_dial(address); !plan)
    return usage_error(origin + ": \"" + address.to_text()
                       + "\": " + plan.error());
  return {};
}

outcome<void> check_bounds(const settings& s, const assignments& given) {
  const std::pair<const char*, std::size_t> bounds[] = {
      {"max-peers-per-address", s.max_peers_per_address},
      {"max-handshakes", s.max_handshakes},
      {"max-handshakes-per-address", s.max_handshakes_per_address},
      {"connections-per-second", s.connections_per_second}};
  for (const auto& [name, value] : bounds)
    if (value == 0)
      return usage_error(origin_of(name, given)
                         + ": \"0\": must be at least 1");
  return {};
}

outcome<void> check_peers(const settings& s, const assignments& given) {
  for (const auto& address : s.peers)
    if (auto checked = check_dial(address, origin_of("peer", given)); !checked)
      return checked;
  for (const auto& peer : s.direct_peers)
    if (auto checked =
            check_dial(peer.address, origin_of("direct-peer", given));
        !checked)
      return checked;
  for (const auto& peer : s.direct_peers)
    for (const auto& blocked : s.blocked_peers)
      if (peer.address.peer() == blocked)
        return usage_error(origin_of("block-peer", given) + ": \""
                           + to_string(blocked) + "\": is a "
                           + origin_of("direct-peer", given) + ", too");
  return {};
}

outcome<void> check_filter(const settings& s, const assignments& given) {
  const auto filter = make_filter(s);
  if (!filter)
    return usage_error(origin_of("allow-topic-pattern", given) + ": "
                       + filter.error().text);
  for (const auto& topic : s.topics)
    if (!filter->allows(topic.text))
      return usage_error(origin_of("topic", given) + ": \"" + topic.text
                         + "\": is in neither --allow-topic nor "
                           "--allow-topic-pattern");
  return {};
}

} // namespace

expected<gossip::subscription_filter, gossip::subscription_filter_error>
make_filter(const settings& s) {
  gossip::subscription_filter_options options;
  for (const auto& topic : s.allowed_topics)
    options.topics.push_back(topic.text);
  for (const auto& pattern : s.allowed_patterns)
    options.patterns.push_back(pattern.text);
  options.max_per_rpc = s.max_subscriptions_per_rpc;
  return gossip::subscription_filter::from(options);
}

outcome<void> check_settings(const settings& s, const assignments& given) {
  if (auto checked = check_parameters(s, given); !checked)
    return checked;
  if (auto checked = check_peers(s, given); !checked)
    return checked;
  if (auto checked = check_bounds(s, given); !checked)
    return checked;
  if (auto checked = check_filter(s, given); !checked)
    return checked;
  if (s.redial_max < s.redial_min)
    return usage_error("--redial-max must not be less than --redial-min");
  return {};
}

} // namespace grapevine::app
