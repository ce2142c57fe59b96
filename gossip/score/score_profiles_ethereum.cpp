// Ethereum's parameters, after the method its clients share: from the rate of
// messages that is expected in each topic.
#include "gossip/score/score_profiles.hpp"

#include <algorithm>
#include <cmath>

namespace grapevine::gossip {

namespace {

// The most that one topic of weight 1 gives for P1 and for P2.
constexpr double max_in_mesh = 10;
constexpr double max_first_deliveries = 40;

constexpr double block_weight = 0.5;
constexpr double aggregate_weight = 0.5;
// Of all attestation subnets together.
constexpr double attestations_weight = 1;
// Exits and slashings.
constexpr double rare_weight = 0.05;
constexpr double all_weights =
    block_weight + aggregate_weight + attestations_weight + 3 * rare_weight;

// The most that one peer can earn in all topics.
constexpr double max_score = (max_in_mesh + max_first_deliveries) * all_weights;

// A peer of the mesh should deliver one message of so many.
constexpr double expected_share = 50;

// What a counter comes to that grows by `rate` at each decay.
double converged(double decay, double rate) {
  return rate / (1 - decay);
}

// How P3 of a topic is set; times in slots.
struct delivery_plan {
  double decay_slots;
  double cap_factor;
  double activation_slots;
};

class ethereum_profile {
public:
  explicit ethereum_profile(const ethereum_network& network) : net_{network} {}

  scoring make() const {
    scoring result;
    result.thresholds = {.gossip = -4'000,
                         .publish = -8'000,
                         .graylist = -16'000,
                         // Above `topic_cap`: only for whom the application
                         // trusts (P5).
                         .accept_px = 100,
                         .opportunistic_graft = 5};
    set_global(result);
    set_topics(result.parameters);
    return result;
  }

private:
  double epoch() const { return static_cast<double>(net_.slots_per_epoch); }

  // Of a counter that fades in so many slots.
  double decay_in(double slots) const {
    const std::chrono::duration<double, std::nano> time =
        slots * std::chrono::nanoseconds{net_.slot};
    return decay_for(
        std::chrono::nanoseconds{static_cast<std::int64_t>(time.count())},
        net_.slot);
  }

  void set_global(scoring& out) const {
    auto& p = out.parameters;
    p.decay_interval = net_.slot;
    p.retention =
        std::chrono::nanoseconds{net_.slot} * net_.slots_per_epoch * 100;
    p.topic_cap = max_score / 2;
    p.colocation.weight = -p.topic_cap;
    p.colocation.threshold = 8;
    p.behaviour.threshold = 6;
    p.behaviour.decay = decay_in(10 * epoch());
    // Ten offences in an epoch, kept up, are worth the gossip.
    const double kept_up =
        converged(p.behaviour.decay, 10 / epoch()) - p.behaviour.threshold;
    p.behaviour.weight = out.thresholds.gossip / (kept_up * kept_up);
    p.slow_peers = {.weight = -10, .threshold = 0, .decay = 0.1};
  }

  // Of a topic with `rate` messages per slot whose P2 fades in so many slots.
  topic_score_parameters topic(double weight, double rate,
                               double first_slots) const {
    topic_score_parameters p;
    p.weight = weight;
    const std::chrono::duration<double> slot = net_.slot;
    p.time_in_mesh.quantum = net_.slot;
    p.time_in_mesh.cap = 3'600 / slot.count();
    p.time_in_mesh.weight = max_in_mesh / p.time_in_mesh.cap;
    auto& first = p.first_deliveries;
    first.decay = decay_in(first_slots);
    first.cap = converged(first.decay,
                          2 * rate / static_cast<double>(net_.mesh_degree));
    first.weight = max_first_deliveries / first.cap;
    // One invalid message takes what all topics can give.
    p.invalid_messages.weight = -max_score / weight;
    p.invalid_messages.decay = decay_in(50 * epoch());
    return p;
  }

  topic_score_parameters topic(double weight, double rate, double first_slots,
                               const delivery_plan& plan) const {
    auto p = topic(weight, rate, first_slots);
    auto& mesh = p.mesh_deliveries;
    mesh.decay = decay_in(plan.decay_slots);
    mesh.threshold = converged(mesh.decay, rate / expected_share) * mesh.decay;
    mesh.cap = std::max(2.0, plan.cap_factor * mesh.threshold);
    mesh.activation = std::chrono::nanoseconds{net_.slot}
                      * static_cast<std::int64_t>(plan.activation_slots);
    mesh.window = std::chrono::seconds{2};
    mesh.weight = -weight;
    p.mesh_failures = {.weight = -weight, .decay = mesh.decay};
    return p;
  }

  std::size_t committees_per_slot() const {
    const auto wanted = net_.active_validators / net_.slots_per_epoch
                        / net_.target_committee_size;
    return std::clamp<std::size_t>(wanted, 1, net_.max_committees_per_slot);
  }

  // Aggregates per slot: of each committee those validators that the lot falls
  // on, one of `size / target_aggregators`.
  double aggregators_per_slot() const {
    const auto committees = committees_per_slot() * net_.slots_per_epoch;
    const auto size = net_.active_validators / committees;
    const auto larger = net_.active_validators - size * committees;
    const auto drawn = [&](std::size_t count, std::size_t members) {
      const auto one_of =
          std::max<std::size_t>(1, members / net_.target_aggregators);
      return static_cast<double>(count * members) / static_cast<double>(one_of);
    };
    return (drawn(committees - larger, size) + drawn(larger, size + 1))
           / epoch();
  }

  topic_score_parameters attestation_subnet() const {
    const auto subnets = static_cast<double>(net_.attestation_subnets);
    const double rate =
        static_cast<double>(net_.active_validators) / subnets / epoch();
    // With enough validators a subnet has several bursts of messages an epoch.
    const bool often = committees_per_slot() * net_.slots_per_epoch
                       >= 2 * net_.attestation_subnets;
    const auto half_an_epoch = net_.slots_per_epoch / 2;
    const auto half = static_cast<double>(half_an_epoch);
    return often ? topic(attestations_weight / subnets, rate, epoch(),
                         {4 * epoch(), 16, half + 1})
                 : topic(attestations_weight / subnets, rate, 4 * epoch(),
                         {16 * epoch(), 16, 3 * epoch()});
  }

  void set_topics(score_parameters& p) const {
    // As rare as exits.
    p.default_topic = topic(rare_weight, 4 / epoch(), 100 * epoch());
    if (net_.fork_digest.empty())
      return;
    const auto add = [&](const std::string& name,
                         const topic_score_parameters& of) {
      p.topics.emplace("/eth2/" + net_.fork_digest + '/' + name + "/ssz_snappy",
                       of);
    };
    add("beacon_block",
        topic(block_weight, 1, 20 * epoch(), {5 * epoch(), 3, epoch()}));
    add("beacon_aggregate_and_proof",
        topic(aggregate_weight, aggregators_per_slot(), epoch(),
              {2 * epoch(), 4, epoch()}));
    add("voluntary_exit", *p.default_topic);
    const auto slashing = topic(rare_weight, 0.2 / epoch(), 100 * epoch());
    add("attester_slashing", slashing);
    add("proposer_slashing", slashing);
    const auto subnet = attestation_subnet();
    for (std::size_t i = 0; i < net_.attestation_subnets; ++i)
      add("beacon_attestation_" + std::to_string(i), subnet);
  }

  const ethereum_network& net_;
};

} // namespace

scoring ethereum_scoring(const ethereum_network& network) {
  return ethereum_profile{network}.make();
}

} // namespace grapevine::gossip
