#include "gossip/score/score_profiles.hpp"

#include <array>
#include <utility>

namespace grapevine::gossip {

namespace {

using namespace std::chrono_literals;

constexpr std::array names{
    std::pair{score_profile::off, std::string_view{"off"}},
    std::pair{score_profile::standard, std::string_view{"standard"}},
    std::pair{score_profile::ethereum, std::string_view{"ethereum"}},
};

// Nobody comes from these by way of the Internet: many peers behind such an
// address are one gateway or one cluster's network address translation.
std::vector<libp2p::ip_prefix> private_ranges() {
  const auto ranges = libp2p::private_ranges();
  return {ranges.begin(), ranges.end()};
}

// No P3: who knows how many messages there should be?
topic_score_parameters any_topic() {
  topic_score_parameters p;
  // Decides between peers that are equal otherwise; in a hundred topics it is
  // less than one first delivery a minute.
  p.time_in_mesh = {.weight = 0.001, .quantum = 1min, .cap = 10};
  // 20 first deliveries of the last minutes are as good as any more.
  p.first_deliveries = {.weight = 0.5, .decay = decay_for(10min), .cap = 20};
  // The ninth within the time that it takes to fade is the end. Validators that
  // disagree about one message, as in an update, only leave a mesh for a while.
  p.invalid_messages = {.weight = -1, .decay = decay_for(10min)};
  return p;
}

scoring off() {
  scoring result;
  // Everybody has 0, which must be enough for it.
  result.thresholds.accept_px = 0;
  result.thresholds.opportunistic_graft = 0;
  return result;
}

scoring standard() {
  scoring result;
  auto& p = result.parameters;
  p.default_topic = any_topic();
  // Good service pays for three offences beyond the threshold of P7.
  p.topic_cap = 30;
  // One address is often a gateway: an office, a campus, a cloud's or a mobile
  // network's. Beyond a hundred peers it costs the more the more they are: with
  // 160 the gossip, with 200 our own messages, with 218 everything.
  p.colocation = {
      .weight = -0.01, .threshold = 128, .whitelist = private_ranges()};
  // A promise broken on a bad line or a GRAFT that crossed a PRUNE is nothing;
  // six GRAFTs in a row that come too early are the end. Whoever was overloaded
  // and broke promises until it was not asked any more is as good as before
  // within a minute.
  p.behaviour = {.weight = -2, .threshold = 2, .decay = decay_for(3min)};
  // Ten drops a second, kept up, cost the place in the mesh, two hundred the
  // gossip; both are forgotten in some seconds.
  p.slow_peers = {.weight = -0.2, .threshold = 2, .decay = 0.2};
  // While the slowest counter fades, so that leaving gains nothing.
  p.retention = 10min;
  // Above what all topics give together: only for whom the application trusts
  // (P5). Else anyone who publishes some messages could make us dial.
  result.thresholds.accept_px = 100;
  return result;
}

} // namespace

scoring scoring_of(score_profile profile) {
  switch (profile) {
  case score_profile::off:
    return off();
  case score_profile::standard:
    return standard();
  case score_profile::ethereum:
    return ethereum_scoring({});
  }
  return off();
}

std::string_view to_string(score_profile profile) {
  for (const auto& [known, name] : names)
    if (known == profile)
      return name;
  return "";
}

std::optional<score_profile> score_profile_of(std::string_view name) {
  for (const auto& [profile, known] : names)
    if (known == name)
      return profile;
  return std::nullopt;
}

} // namespace grapevine::gossip
