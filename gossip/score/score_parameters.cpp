#include "gossip/score/score_parameters.hpp"

#include "gossip/parameter_rules.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace grapevine::gossip {

namespace {

using namespace rules;

// A counter never grows by its decay, and where it counts it neither stays nor
// vanishes at once.
finding check_decay(parameter_name name, double weight, double decay) {
  if (weight != 0)
    return fraction(name, decay);
  return first_of([&] { return reward(name, decay); },
                  [&] {
                    return at_most(named{name, decay}, named{"a whole", 1.0});
                  });
}

// Where it counts it is more than 0.
finding check_amount(parameter_name name, double weight, double value) {
  return first_of([&] { return reward(name, value); },
                  [&]() -> finding {
                    if (weight == 0)
                      return std::nullopt;
                    return positive(name, value);
                  });
}

finding check(const time_in_mesh_parameters& p) {
  return first_of(
      [&] { return reward("time_in_mesh_weight (P1)", p.weight); },
      [&] { return positive("time_in_mesh_quantum (P1)", p.quantum); },
      [&] { return check_amount("time_in_mesh_cap (P1)", p.weight, p.cap); });
}

finding check(const first_delivery_parameters& p) {
  return first_of(
      [&] { return reward("first_deliveries_weight (P2)", p.weight); },
      [&] {
        return check_decay("first_deliveries_decay (P2)", p.weight, p.decay);
      },
      [&] {
        return check_amount("first_deliveries_cap (P2)", p.weight, p.cap);
      });
}

finding check_activation(const mesh_delivery_parameters& p) {
  const parameter_name name{"mesh_deliveries_activation (P3)"};
  // As go and rust have it: a peer that has just been grafted has nothing.
  const std::chrono::nanoseconds least = std::chrono::seconds{1};
  if (p.weight != 0 && p.activation < least)
    return broken(named{name, p.activation}, "be at least 1 s");
  return not_negative(name, p.activation);
}

finding check(const mesh_delivery_parameters& p) {
  const named threshold{"mesh_deliveries_threshold (P3)", p.threshold};
  const named cap{"mesh_deliveries_cap (P3)", p.cap};
  return first_of(
      [&] { return penalty("mesh_deliveries_weight (P3)", p.weight); },
      [&] {
        return check_decay("mesh_deliveries_decay (P3)", p.weight, p.decay);
      },
      [&] { return check_amount(threshold.name, p.weight, p.threshold); },
      [&] { return check_amount(cap.name, p.weight, p.cap); },
      [&] { return at_most(threshold, cap); },
      [&] { return not_negative("mesh_deliveries_window (P3)", p.window); },
      [&] { return check_activation(p); });
}

finding check(const mesh_failure_parameters& p) {
  return first_of(
      [&] { return penalty("mesh_failures_weight (P3b)", p.weight); },
      [&] {
        return check_decay("mesh_failures_decay (P3b)", p.weight, p.decay);
      });
}

finding check(const invalid_message_parameters& p) {
  return first_of(
      [&] { return penalty("invalid_messages_weight (P4)", p.weight); },
      [&] {
        return check_decay("invalid_messages_decay (P4)", p.weight, p.decay);
      });
}

finding check(const topic_score_parameters& p) {
  return first_of(
      [&] {
        return reward({"topic_weight", "weight"}, p.weight);
      },
      [&] { return check(p.time_in_mesh); },
      [&] { return check(p.first_deliveries); },
      [&] { return check(p.mesh_deliveries); },
      [&] { return check(p.mesh_failures); },
      [&] { return check(p.invalid_messages); });
}

finding check_topics(const score_parameters& p) {
  if (p.default_topic)
    if (auto error = within("default topic", check(*p.default_topic)))
      return error;
  for (const auto& [topic, own] : p.topics)
    if (auto error = within("topic '" + topic + "'", check(own)))
      return error;
  return std::nullopt;
}

finding check(const colocation_parameters& p) {
  return first_of([&] { return penalty("colocation_weight (P6)", p.weight); },
                  [&]() -> finding {
                    if (p.weight == 0)
                      return std::nullopt;
                    return positive("colocation_threshold (P6)", p.threshold);
                  });
}

finding check_behaviour(const misbehaviour_parameters& p) {
  return first_of(
      [&] { return penalty("behaviour_weight (P7)", p.weight); },
      [&] { return reward("behaviour_threshold (P7)", p.threshold); },
      [&] { return check_decay("behaviour_decay (P7)", p.weight, p.decay); });
}

finding check_slow_peers(const misbehaviour_parameters& p) {
  return first_of(
      [&] { return penalty("slow_peers_weight", p.weight); },
      [&] { return reward("slow_peers_threshold", p.threshold); },
      [&] { return check_decay("slow_peers_decay", p.weight, p.decay); });
}

finding check_decays(const score_parameters& p) {
  const std::chrono::nanoseconds least = std::chrono::seconds{1};
  if (p.decay_interval < least)
    return broken(named{"decay_interval", p.decay_interval}, "be at least 1 s");
  return fraction("decay_to_zero", p.decay_to_zero);
}

expected<void, parameter_error> result_of(finding error) {
  if (error)
    return unexpected{std::move(*error)};
  return {};
}

} // namespace

double decay_for(std::chrono::nanoseconds duration,
                 std::chrono::nanoseconds interval, double to_zero) {
  if (duration <= duration.zero())
    return 0;
  const std::chrono::duration<double> whole = duration;
  const std::chrono::duration<double> step = interval;
  return std::pow(to_zero, step / whole);
}

expected<void, parameter_error> validate(const topic_score_parameters& p) {
  return result_of(check(p));
}

expected<void, parameter_error> validate(const score_parameters& p) {
  return result_of(first_of(
      [&] { return check_topics(p); },
      [&] {
        return reward({"topic_cap", "score-topic-cap"}, p.topic_cap);
      },
      [&] { return reward("application_weight (P5)", p.application_weight); },
      [&] { return check(p.colocation); },
      [&] { return check_behaviour(p.behaviour); },
      [&] { return check_slow_peers(p.slow_peers); },
      [&] { return check_decays(p); },
      [&] { return not_negative("score_retention", p.retention); }));
}

} // namespace grapevine::gossip
