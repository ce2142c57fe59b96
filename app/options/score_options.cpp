#include "app/options/option_table.hpp"

namespace grapevine::app {

namespace {

using enum option_kind;
using gossip::misbehaviour_parameters;
using gossip::score_parameters;

constexpr auto profiles = "the profile's, standard: ";
constexpr auto scores = field(&settings::score);

// First the profile: what is set after it changes it.
void add_profile(option_table& t) {
  using gossip::ethereum_network;
  constexpr auto ethereum = field(&settings::ethereum);
  t.add<choice>("score-profile", &settings::score_profile,
                "What peers are scored by, and what follows; the options below "
                "change it")
      .then(use_profile);
  t.add<digest>("ethereum-fork-digest",
                ethereum / &ethereum_network::fork_digest,
                "Fork digest in the names of Ethereum's topics, for the "
                "profile of that name")
      .then(use_profile);
  t.add<number>("ethereum-validators",
                ethereum / &ethereum_network::active_validators,
                "Active validators of that network")
      .then(use_profile)
      .at_least(1)
      .if_given();
}

void add_thresholds(option_table& t) {
  using gossip::score_thresholds;
  constexpr auto thresholds =
      field(&settings::params) / &gossip::parameters::thresholds;
  t.add<real>("gossip-threshold", thresholds / &score_thresholds::gossip,
              "Peers with a lower score get no gossip, and theirs is not "
              "accepted");
  t.add<real>("publish-threshold", thresholds / &score_thresholds::publish,
              "Own messages do not go to peers with a lower score");
  t.add<real>("graylist-threshold", thresholds / &score_thresholds::graylist,
              "Nothing is accepted of peers with a lower score");
  t.add<real>("accept-px-threshold", thresholds / &score_thresholds::accept_px,
              "Peers offered by one with a lower score are not dialled");
  t.add<real>("opportunistic-graft-threshold",
              thresholds / &score_thresholds::opportunistic_graft,
              "A mesh with a lower median score gets better peers");
}

void add_numbers(option_table& t) {
  using gossip::colocation_parameters;
  constexpr auto colocation = scores / &score_parameters::colocation;
  constexpr auto behaviour = scores / &score_parameters::behaviour;
  constexpr auto slow_peers = scores / &score_parameters::slow_peers;
  t.add<real>("score-topic-cap", scores / &score_parameters::topic_cap,
              "The most that all topics together give a peer; 0: any amount");
  t.add<real>("colocation-weight", colocation / &colocation_parameters::weight,
              "Of the square of the peers at one IP address beyond the "
              "threshold");
  t.add<number>("colocation-threshold",
                colocation / &colocation_parameters::threshold,
                "Peers that one IP address may have");
  t.add<real>("behaviour-weight", behaviour / &misbehaviour_parameters::weight,
              "Of the square of the offences beyond the threshold");
  t.add<real>("behaviour-threshold",
              behaviour / &misbehaviour_parameters::threshold,
              "Offences that are overlooked");
  t.add<decay>("behaviour-decay", behaviour / &misbehaviour_parameters::decay,
               "In what time an offence is forgotten");
  t.add<real>("slow-peers-weight",
              slow_peers / &misbehaviour_parameters::weight,
              "Of the messages dropped, beyond the threshold, because the peer "
              "reads slowly");
  t.add<real>("slow-peers-threshold",
              slow_peers / &misbehaviour_parameters::threshold,
              "Such messages that are overlooked");
  t.add<decay>("slow-peers-decay", slow_peers / &misbehaviour_parameters::decay,
               "In what time such a message is forgotten");
  t.add<duration>("score-retention", scores / &score_parameters::retention,
                  "How long a bad score is remembered of a peer that is gone");
}

void add_topics(option_table& t) {
  t.add<text>("score-topic", &settings::score_topics,
              "What is different in the score of a topic, e.g. \"news: "
              "weight=0.5 first-deliveries-cap=50\"");
  t.add<text>("score-other-topics", &settings::score_other_topics,
              "The same for all other topics, e.g. "
              "\"invalid-messages-weight=-5\"");
  t.add<ip_range>("colocation-whitelist", &settings::colocation_whitelist,
                  "IP addresses that may have any number of peers, e.g. "
                  "192.0.2.0/24, besides the profile's");
}

} // namespace

void add_score_options(option_table& t) {
  t.heading("Scores of peers");
  add_profile(t);
  t.each_if_given(profiles, add_thresholds)
      .each_if_given(profiles, add_numbers);
  add_topics(t);
}

} // namespace grapevine::app
