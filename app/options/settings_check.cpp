#include "app/options/settings_check.hpp"

#include "libp2p/address/dial_plan.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace grapevine::app {

namespace {

// All errors name options by their ids: as they were given, or else as the
// command line has them.
class option_names {
public:
  explicit option_names(const assignments& given) : given_{given} {}

  std::string of(std::string_view id) const {
    const auto source = given_.find(std::string{id});
    return source == given_.end() ? "--" + std::string{id}
                                  : source->second.origin;
  }

  bool given(const std::string& id) const { return given_.contains(id); }

  unexpected<failure> refuse(std::string_view id, const std::string& value,
                             const std::string& why) const {
    return usage_error(of(id) + ": \"" + value + "\": " + why);
  }

  unexpected<failure> refuse(const gossip::parameter_error& error) const {
    return usage_error(error.text_with([this](std::string_view id) {
      return find_option(id) == nullptr ? std::string{} : of(id);
    }));
  }

private:
  const assignments& given_;
};

// -- scores -------------------------------------------------------------------

outcome<void> check_profile(const settings& s, const option_names& names) {
  if (s.score_profile == gossip::score_profile::ethereum)
    return {};
  for (const auto* id : {"ethereum-fork-digest", "ethereum-validators"})
    if (names.given(id))
      return usage_error(names.of(id) + " needs " + names.of("score-profile")
                         + " ethereum");
  return {};
}

// `changed` is what a topic's score is with the changes in `text`, which names
// its numbers by their rows.
outcome<void> check_topic(const gossip::topic_score_parameters& changed,
                          std::string_view id, const std::string& text,
                          const option_names& names) {
  if (const auto valid = gossip::validate(changed); !valid)
    return names.refuse(id, text, valid.error().text_with([](auto number) {
      return find_row(topic_score_rows(), number) == nullptr
                 ? std::string{}
                 : std::string{number};
    }));
  return {};
}

outcome<void> check_topics(const settings& s, const option_names& names) {
  if (s.score_other_topics)
    if (auto checked = check_topic(
            *s.score.default_topic, "score-other-topics",
            value_text<topic_score_changes>::format(*s.score_other_topics),
            names);
        !checked)
      return checked;
  std::set<std::string_view> seen;
  for (const auto& one : s.score_topics) {
    const auto& name = one.topic.text;
    if (!seen.insert(name).second)
      return usage_error(names.of("score-topic") + ": \"" + name
                         + "\" is there twice; say all of a topic at once");
    if (auto checked =
            check_topic(s.score.topics.at(name), "score-topic",
                        value_text<named_topic_score>::format(one), names);
        !checked)
      return checked;
  }
  return {};
}

// -- all ----------------------------------------------------------------------

outcome<void> check_parameters(const settings& s, const option_names& names) {
  if (auto checked = check_profile(s, names); !checked)
    return checked;
  if (const auto valid = gossip::validate(s.params); !valid)
    return names.refuse(valid.error());
  if (auto checked = check_topics(s, names); !checked)
    return checked;
  if (const auto valid = gossip::validate(s.score); !valid)
    return names.refuse(valid.error());
  return {};
}

// What an address asks for must be possible.
outcome<void> check_dials(const std::vector<libp2p::multiaddr>& addresses,
                          std::string_view id, const option_names& names) {
  for (const auto& address : addresses)
    if (const auto plan = libp2p::plan_dial(address); !plan)
      return names.refuse(id, address.to_text(), plan.error());
  return {};
}

outcome<void> check_listens(const settings& s, const option_names& names) {
  for (const auto& address : s.listen)
    if (const auto plan = libp2p::plan_listen(address); !plan)
      return names.refuse("listen", address.to_text(), plan.error());
  return {};
}

outcome<void> check_peers(const settings& s, const option_names& names) {
  if (auto checked = check_dials(s.peers, "peer", names); !checked)
    return checked;
  if (auto checked = check_dials(s.direct_peers, "direct-peer", names);
      !checked)
    return checked;
  for (const auto& peer : s.direct_peers)
    for (const auto& blocked : s.blocked_peers)
      if (peer.peer() == blocked)
        return names.refuse("block-peer", to_string(blocked),
                            "is a " + names.of("direct-peer") + ", too");
  return {};
}

outcome<void> check_water(const settings& s, const option_names& names) {
  if (s.high_water > s.max_peers)
    return usage_error(names.of("high-water") + " must not be more than "
                       + names.of("max-peers"));
  if (s.low_water > s.high_water)
    return usage_error(names.of("low-water") + " must not be more than "
                       + names.of("high-water"));
  if (s.high_water > 0 && s.low_water == 0)
    return usage_error(names.of("high-water") + " needs "
                       + names.of("low-water")
                       + ", the number of peers that are left");
  return {};
}

// Whoever reaches it could make the node do anything that it can.
outcome<void> check_api(const settings& s, const option_names& names) {
  if (s.api_certificate.has_value() != s.api_key.has_value())
    return usage_error(names.of("api-certificate") + " and "
                       + names.of("api-key") + " need each other");
  if (s.api_client_ca && !s.api_certificate)
    return usage_error(names.of("api-client-ca") + " needs "
                       + names.of("api-certificate") + " and "
                       + names.of("api-key"));
  if (!s.api || s.api->is_local() || s.api_token_file || s.api_client_ca)
    return {};
  return names.refuse("api", value_text<api_address>::format(*s.api),
                      "others than this machine's programs reach it, so it "
                      "needs a token or clients' certificates: name a file "
                      "with "
                          + names.of("api-token-file") + " or "
                          + names.of("api-client-ca") + ", or use "
                          + std::string{default_api} + " or unix: and a file");
}

// By CAF's network nobody proves who he is but by his certificate.
outcome<void> check_gateway(const settings& s, const option_names& names) {
  const auto files = {s.gateway_ca.has_value(),
                      s.gateway_certificate.has_value(),
                      s.gateway_key.has_value()};
  const auto given = std::ranges::count(files, true);
  const auto all_files = names.of("gateway-ca") + ", "
                         + names.of("gateway-certificate") + " and "
                         + names.of("gateway-key");
  if (given != 0 && given != std::ssize(files))
    return usage_error(all_files + " need each other");
  const bool on = s.gateway && s.gateway->what != api_address::kind::off;
  // Empty lists are what a printed configuration has without a gateway.
  const std::array<std::pair<const char*, bool>, 4> of_a_gateway{
      {{"gateway-ca", given != 0},
       {"gateway-topic", !s.gateway_topics.empty()},
       {"gateway-topic-pattern", !s.gateway_patterns.empty()},
       {"gateway-allow", !s.gateway_allow.empty()}}};
  for (const auto& [id, said] : of_a_gateway)
    if (!on && said)
      return usage_error(names.of(id) + " needs " + names.of("gateway"));
  if (!on || s.gateway->is_local() || given != 0)
    return {};
  return names.refuse("gateway",
                      value_text<gateway_address>::format(*s.gateway),
                      "others than this machine's programs reach it, so it "
                      "needs certificates on both sides: name files with "
                          + all_files + ", or use a loopback address");
}

outcome<void> check_filter(const settings& s, const option_names& names) {
  const auto filter = gossip::subscription_filter::from(s.filter);
  if (!filter)
    return usage_error(names.of("allow-topic-pattern") + ": "
                       + filter.error().text);
  for (const auto& topic : s.topics)
    if (!filter->allows(topic))
      return names.refuse("topic", topic,
                          "is in neither --allow-topic nor "
                          "--allow-topic-pattern");
  return {};
}

} // namespace

outcome<void> check_settings(const settings& s, const assignments& given) {
  const option_names names{given};
  for (const auto check : {check_parameters, check_listens, check_peers,
                           check_water, check_api, check_gateway, check_filter})
    if (auto checked = check(s, names); !checked)
      return checked;
  if (s.redial_max < s.redial_min)
    return usage_error(names.of("redial-max") + " must not be less than "
                       + names.of("redial-min"));
  return {};
}

} // namespace grapevine::app
