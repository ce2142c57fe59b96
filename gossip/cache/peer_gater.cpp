#include "gossip/cache/peer_gater.hpp"

#include "gossip/parameter_rules.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace grapevine::gossip {

namespace {

using namespace rules;

finding at_least(parameter_name name, double value, double least) {
  if (std::isfinite(value) && value >= least)
    return std::nullopt;
  std::ostringstream rule;
  rule << "be a finite number of at least " << least;
  return broken(named{name, value}, rule.str());
}

finding more_than_zero(parameter_name name, double value) {
  return first_of([&] { return reward(name, value); },
                  [&] { return positive(name, value); });
}

finding a_second(parameter_name name, std::chrono::nanoseconds value) {
  if (value >= std::chrono::seconds{1})
    return std::nullopt;
  return broken(named{name, value}, "be at least 1 s");
}

finding check_topics(const gater_parameters& p) {
  for (const auto& [topic, weight] : p.delivery_weights)
    if (auto error = within("topic '" + topic + "'",
                            more_than_zero("gater_delivery_weight", weight)))
      return error;
  return std::nullopt;
}

void fade(double& counter, double factor, double to_zero) {
  counter *= factor;
  if (counter < to_zero)
    counter = 0;
}

// A number in [0, 1), the same from a seed anywhere.
double random_fraction(rng& gen) {
  return static_cast<double>(gen() >> 11) * 0x1p-53;
}

// What one host can have all of is one source.
std::optional<libp2p::ip_prefix>
source_of(const std::optional<libp2p::ip_address>& ip) {
  if (!ip)
    return std::nullopt;
  return ip->is_v4() ? libp2p::ip_prefix{*ip} : libp2p::ip_prefix{*ip, 64};
}

} // namespace

expected<void, parameter_error> validate(const gater_parameters& p) {
  auto error = first_of(
      [&] { return more_than_zero("gater_threshold", p.threshold); },
      [&] { return fraction("gater_global_decay", p.global_decay); },
      [&] { return fraction("gater_source_decay", p.source_decay); },
      [&] { return a_second("gater_decay_interval", p.decay_interval); },
      [&] { return fraction("gater_decay_to_zero", p.decay_to_zero); },
      [&] { return not_negative("gater_retention", p.retention); },
      [&] { return a_second("gater_quiet", p.quiet); },
      [&] {
        return more_than_zero("gater_duplicate_weight", p.duplicate_weight);
      },
      [&] { return at_least("gater_ignore_weight", p.ignore_weight, 1); },
      [&] { return at_least("gater_reject_weight", p.reject_weight, 1); },
      [&] { return check_topics(p); });
  if (error)
    return unexpected{std::move(*error)};
  return {};
}

peer_gater::peer_gater(const gater_parameters& p) : params_{p} {}

void peer_gater::add_peer(const libp2p::peer_id& peer,
                          const std::optional<libp2p::ip_address>& ip) {
  if (peers_.contains(peer))
    return;
  const auto [at, added] = sources_.try_emplace(source_of(ip));
  auto& known = at->second;
  if (!added && known.peers == 0)
    retained_.erase(known.place);
  ++known.peers;
  peers_.emplace(peer, &*at);
}

void peer_gater::remove_peer(const libp2p::peer_id& peer, time_point now) {
  const auto known = peers_.find(peer);
  if (known == peers_.end())
    return;
  auto& [key, from] = *known->second;
  peers_.erase(known);
  if (--from.peers == 0)
    retain(sources_.find(key), now);
}

void peer_gater::validated() {
  ++validated_;
}

void peer_gater::throttled(time_point now) {
  ++throttled_;
  last_throttled_ = now;
}

void peer_gater::delivered(const libp2p::peer_id& peer,
                           std::string_view topic) {
  auto* seen = counts_of(peer);
  if (!seen)
    return;
  const auto weight = params_.delivery_weights.find(topic);
  seen->delivered +=
      weight == params_.delivery_weights.end() ? 1 : weight->second;
}

void peer_gater::duplicate(const libp2p::peer_id& peer) {
  if (auto* seen = counts_of(peer))
    ++seen->duplicate;
}

void peer_gater::ignored(const libp2p::peer_id& peer) {
  if (auto* seen = counts_of(peer))
    ++seen->ignored;
}

void peer_gater::rejected(const libp2p::peer_id& peer) {
  if (auto* seen = counts_of(peer))
    ++seen->rejected;
}

bool peer_gater::accepts(const libp2p::peer_id& peer, time_point now,
                         rng& gen) const {
  const double likely = chance(peer, now);
  return likely >= 1 || random_fraction(gen) < likely;
}

double peer_gater::chance(const libp2p::peer_id& peer, time_point now) const {
  if (resting(now))
    return 1;
  const auto known = peers_.find(peer);
  if (known == peers_.end())
    return 1;
  const auto& seen = known->second->second.seen;
  const double all = seen.delivered + params_.duplicate_weight * seen.duplicate
                     + params_.ignore_weight * seen.ignored
                     + params_.reject_weight * seen.rejected;
  // The 1 leaves everyone a chance, and is all there is of a new peer.
  return (1 + seen.delivered) / (1 + all);
}

void peer_gater::decay(time_point now) {
  while (!retained_.empty() && retained_.front().expiry < now)
    forget_oldest();
  if (!next_decay_)
    next_decay_ = now + params_.decay_interval;
  if (now < *next_decay_)
    return;
  const auto ticks = 1 + (now - *next_decay_) / params_.decay_interval;
  *next_decay_ += ticks * params_.decay_interval;
  const auto times = static_cast<double>(ticks);
  const double global = std::pow(params_.global_decay, times);
  const double factor = std::pow(params_.source_decay, times);
  const double to_zero = params_.decay_to_zero;
  fade(validated_, global, to_zero);
  fade(throttled_, global, to_zero);
  for (auto& [key, from] : sources_) {
    // What is remembered stays as it is.
    if (from.peers == 0)
      continue;
    fade(from.seen.delivered, factor, to_zero);
    fade(from.seen.duplicate, factor, to_zero);
    fade(from.seen.ignored, factor, to_zero);
    fade(from.seen.rejected, factor, to_zero);
  }
}

bool peer_gater::resting(time_point now) const {
  if (!last_throttled_ || now - *last_throttled_ > params_.quiet)
    return true;
  if (throttled_ == 0)
    return true;
  return validated_ != 0 && throttled_ / validated_ < params_.threshold;
}

peer_gater::counts* peer_gater::counts_of(const libp2p::peer_id& peer) {
  const auto known = peers_.find(peer);
  return known == peers_.end() ? nullptr : &known->second->second.seen;
}

void peer_gater::retain(source_map::iterator which, time_point now) {
  const auto& seen = which->second.seen;
  const bool empty =
      seen.delivered + seen.duplicate + seen.ignored + seen.rejected == 0;
  if (empty || params_.retention <= params_.retention.zero()) {
    sources_.erase(which);
    return;
  }
  retained_.push_back({which->first, now + params_.retention});
  which->second.place = std::prev(retained_.end());
  if (retained_.size() > params_.max_retained)
    forget_oldest();
}

void peer_gater::forget_oldest() {
  sources_.erase(retained_.front().key);
  retained_.pop_front();
}

} // namespace grapevine::gossip
