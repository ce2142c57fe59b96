#include "app/options/score_numbers.hpp"

#include <type_traits>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;

using std::chrono::nanoseconds;

// How a number is written: as `Text`, kept as the field's type.
template <class Text>
struct conversion {
  static Text from(const Text& field, const gossip::score_parameters&) {
    return field;
  }
  static Text to(const Text& text, const gossip::score_parameters&) {
    return text;
  }
};

template <>
struct conversion<milliseconds> {
  static milliseconds from(nanoseconds field, const gossip::score_parameters&) {
    return std::chrono::round<milliseconds>(field);
  }
  static nanoseconds to(milliseconds text, const gossip::score_parameters&) {
    return text;
  }
};

template <>
struct conversion<fading> {
  static fading from(double field, const gossip::score_parameters& p) {
    return fading::of(field, p);
  }
  static double to(const fading& text, const gossip::score_parameters& p) {
    return text.factor(p);
  }
};

template <class Text>
constexpr const char* placeholder() {
  if constexpr (std::is_same_v<Text, double>)
    return "X";
  else if constexpr (std::is_same_v<Text, std::size_t>)
    return "N";
  else if constexpr (std::is_same_v<Text, milliseconds>)
    return "TIME";
  else
    return "FADING";
}

template <class Target>
class number_table {
public:
  // `field` finds the number in `Target`.
  template <class Text, class Field>
  number_table& add(std::string_view name, std::string_view parameter,
                    Field field, std::string_view help = {}) {
    score_number<Target> number;
    number.name = name;
    number.placeholder = placeholder<Text>();
    number.parameter = parameter;
    number.help = help;
    number.normalise = [](std::string_view text) -> parsed<std::string> {
      const auto read = value_text<Text>::parse(text);
      if (!read)
        return unexpected{read.error()};
      return value_text<Text>::format(*read);
    };
    number.set = [field](Target& target, std::string_view text,
                         const gossip::score_parameters& p) {
      field(target) = conversion<Text>::to(*value_text<Text>::parse(text), p);
    };
    number.show = [field](const Target& target,
                          const gossip::score_parameters& p) {
      return value_text<Text>::format(
          conversion<Text>::from(field(const_cast<Target&>(target)), p));
    };
    numbers.push_back(std::move(number));
    return *this;
  }

  std::vector<score_number<Target>> numbers;
};

std::vector<topic_score_number> make_topic_numbers() {
  using topic = gossip::topic_score_parameters;
  number_table<topic> t;
  t.add<double>(
       "weight", "topic_weight", [](topic & p) -> auto& { return p.weight; })
      .add<double>(
          "time-in-mesh-weight", "time_in_mesh_weight (P1)",
          [](topic & p) -> auto& { return p.time_in_mesh.weight; })
      .add<milliseconds>(
          "time-in-mesh-quantum", "time_in_mesh_quantum (P1)",
          [](topic & p) -> auto& { return p.time_in_mesh.quantum; })
      .add<double>(
          "time-in-mesh-cap", "time_in_mesh_cap (P1)",
          [](topic & p) -> auto& { return p.time_in_mesh.cap; })
      .add<double>(
          "first-deliveries-weight", "first_deliveries_weight (P2)",
          [](topic & p) -> auto& { return p.first_deliveries.weight; })
      .add<fading>(
          "first-deliveries-decay", "first_deliveries_decay (P2)",
          [](topic & p) -> auto& { return p.first_deliveries.decay; })
      .add<double>(
          "first-deliveries-cap", "first_deliveries_cap (P2)",
          [](topic & p) -> auto& { return p.first_deliveries.cap; })
      .add<double>(
          "mesh-deliveries-weight", "mesh_deliveries_weight (P3)",
          [](topic & p) -> auto& { return p.mesh_deliveries.weight; })
      .add<fading>(
          "mesh-deliveries-decay", "mesh_deliveries_decay (P3)",
          [](topic & p) -> auto& { return p.mesh_deliveries.decay; })
      .add<double>(
          "mesh-deliveries-cap", "mesh_deliveries_cap (P3)",
          [](topic & p) -> auto& { return p.mesh_deliveries.cap; })
      .add<double>(
          "mesh-deliveries-threshold", "mesh_deliveries_threshold (P3)",
          [](topic & p) -> auto& { return p.mesh_deliveries.threshold; })
      .add<milliseconds>(
          "mesh-deliveries-window", "mesh_deliveries_window (P3)",
          [](topic & p) -> auto& { return p.mesh_deliveries.window; })
      .add<milliseconds>(
          "mesh-deliveries-activation", "mesh_deliveries_activation (P3)",
          [](topic & p) -> auto& { return p.mesh_deliveries.activation; })
      .add<double>(
          "mesh-failures-weight", "mesh_failures_weight (P3b)",
          [](topic & p) -> auto& { return p.mesh_failures.weight; })
      .add<fading>(
          "mesh-failures-decay", "mesh_failures_decay (P3b)",
          [](topic & p) -> auto& { return p.mesh_failures.decay; })
      .add<double>(
          "invalid-messages-weight", "invalid_messages_weight (P4)",
          [](topic & p) -> auto& { return p.invalid_messages.weight; })
      .add<fading>(
          "invalid-messages-decay", "invalid_messages_decay (P4)",
          [](topic & p) -> auto& { return p.invalid_messages.decay; });
  return std::move(t.numbers);
}

using gossip::scoring;

void add_thresholds(number_table<scoring>& t) {
  t.add<double>(
       "gossip-threshold", "gossip_threshold",
       [](scoring & s) -> auto& { return s.thresholds.gossip; },
       "Peers with a lower score get no gossip, and theirs is not heeded")
      .add<double>(
          "publish-threshold", "publish_threshold",
          [](scoring & s) -> auto& { return s.thresholds.publish; },
          "Own messages do not go to peers with a lower score")
      .add<double>(
          "graylist-threshold", "graylist_threshold",
          [](scoring & s) -> auto& { return s.thresholds.graylist; },
          "Nothing is heeded of peers with a lower score")
      .add<double>(
          "accept-px-threshold", "accept_px_threshold",
          [](scoring & s) -> auto& { return s.thresholds.accept_px; },
          "Peers offered by one with a lower score are not dialled")
      .add<double>(
          "opportunistic-graft-threshold", "opportunistic_graft_threshold",
          [](scoring & s) -> auto& { return s.thresholds.opportunistic_graft; },
          "A mesh with a lower median score gets better peers");
}

void add_parameters(number_table<scoring>& t) {
  t.add<double>(
       "score-topic-cap", "topic_cap",
       [](scoring & s) -> auto& { return s.parameters.topic_cap; },
       "The most that all topics together give a peer; 0: any amount")
      .add<double>(
          "colocation-weight", "colocation_weight (P6)",
          [](scoring & s) -> auto& { return s.parameters.colocation.weight; },
          "Of the square of the peers at one IP address beyond the threshold")
      .add<std::size_t>(
          "colocation-threshold", "colocation_threshold (P6)",
          [](scoring & s) -> auto& {
            return s.parameters.colocation.threshold;
          },
          "Peers that one IP address may have")
      .add<double>(
          "behaviour-weight", "behaviour_weight (P7)",
          [](scoring & s) -> auto& { return s.parameters.behaviour.weight; },
          "Of the square of the offences beyond the threshold")
      .add<double>(
          "behaviour-threshold", "behaviour_threshold (P7)",
          [](scoring & s) -> auto& { return s.parameters.behaviour.threshold; },
          "Offences that are overlooked")
      .add<fading>(
          "behaviour-decay", "behaviour_decay (P7)",
          [](scoring & s) -> auto& { return s.parameters.behaviour.decay; },
          "In what time an offence is forgotten")
      .add<double>(
          "slow-peers-weight", "slow_peers_weight",
          [](scoring & s) -> auto& { return s.parameters.slow_peers.weight; },
          "Of the messages dropped, beyond the threshold, because the peer "
          "reads slowly")
      .add<double>(
          "slow-peers-threshold", "slow_peers_threshold",
          [](scoring & s) -> auto& {
            return s.parameters.slow_peers.threshold;
          },
          "Such messages that are overlooked")
      .add<fading>(
          "slow-peers-decay", "slow_peers_decay",
          [](scoring & s) -> auto& { return s.parameters.slow_peers.decay; },
          "In what time such a message is forgotten")
      .add<milliseconds>(
          "score-retention", "score_retention",
          [](scoring & s) -> auto& { return s.parameters.retention; },
          "How long a bad score is remembered of a peer that is gone");
}

} // namespace

const std::vector<topic_score_number>& topic_score_numbers() {
  static const auto numbers = make_topic_numbers();
  return numbers;
}

const std::vector<global_score_number>& global_score_numbers() {
  static const auto numbers = [] {
    number_table<scoring> t;
    add_thresholds(t);
    add_parameters(t);
    return std::move(t.numbers);
  }();
  return numbers;
}

} // namespace grapevine::app
