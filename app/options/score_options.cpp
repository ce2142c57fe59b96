#include "app/options/option_table.hpp"
#include "app/options/score_numbers.hpp"
#include "app/options/score_settings.hpp"

namespace grapevine::app {

namespace {

// The profile's number is in force as long as the option is not given.
option option_of(const global_score_number& number) {
  static const auto standard =
      gossip::scoring_of(gossip::score_profile::standard);
  option entry;
  entry.name = number.name;
  entry.placeholder = number.placeholder;
  entry.help = number.help;
  entry.fallback =
      "the profile's, standard: " + number.show(standard, standard.parameters);
  entry.parameter = number.parameter;
  entry.set = [&number](settings& s,
                        std::string_view text) -> expected<void, std::string> {
    auto read = number.normalise(text);
    if (!read)
      return unexpected{read.error()};
    s.scores.changes.insert_or_assign(number.name, *std::move(read));
    return {};
  };
  entry.show = [&number](const settings& s) -> std::vector<std::string> {
    const auto found = s.scores.changes.find(number.name);
    if (found == s.scores.changes.end())
      return {};
    return {found->second};
  };
  return entry;
}

void add_profile(option_table& t) {
  t.add(
       "score-profile", "PROFILE",
       "What peers are scored by, and what follows; the options below change "
       "it",
       [](settings & s) -> auto& { return s.scores.profile; })
      .add(
          "ethereum-fork-digest", "HEX",
          "Fork digest in the names of Ethereum's topics, for the profile of "
          "that name",
          [](settings & s) -> auto& { return s.scores.digest; })
      .add(
          "ethereum-validators", "N", "Active validators of that network",
          [](settings & s) -> auto& { return s.scores.validators; })
      .fallback("1000000");
}

void add_topics(option_table& t) {
  t.add(
       "score-topic", "TEXT",
       "What is different in the score of a topic, e.g. \"news: weight=0.5 "
       "first-deliveries-cap=50\"",
       [](settings & s) -> auto& { return s.scores.topics; })
      .add(
          "score-other-topics", "TEXT",
          "The same for all other topics, e.g. \"invalid-messages-weight=-5\"",
          [](settings & s) -> auto& { return s.scores.other_topics; })
      .add(
          "colocation-whitelist", "RANGE",
          "IP addresses that may have any number of peers, e.g. 192.0.2.0/24, "
          "besides the profile's",
          [](settings & s) -> auto& { return s.scores.colocation_whitelist; });
}

} // namespace

void add_score_options(option_table& t) {
  t.heading("Scores of peers");
  add_profile(t);
  for (const auto& number : global_score_numbers())
    t.add(option_of(number));
  add_topics(t);
}

} // namespace grapevine::app
