#include "actors/node/offered_peers.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

bool offered_peers::add(gossip::dial_candidate candidate) {
  const auto& peer = candidate.peer;
  if (waiting_.size() >= limits_.waiting
      || std::ranges::any_of(waiting_,
                             [&](const auto& w) { return w.peer == peer; }))
    return false;
  waiting_.push_back(std::move(candidate));
  return true;
}

double offered_peers::cost() const {
  return std::min(static_cast<double>(waiting_.front().addresses.size()),
                  limits_.addresses_at_once);
}

void offered_peers::refill(time_point now) {
  const std::chrono::duration<double> passed = now - filled_.value_or(now);
  tokens_ = std::min(tokens_ + passed.count() * limits_.addresses_per_second,
                     limits_.addresses_at_once);
  filled_ = now;
}

std::optional<gossip::dial_candidate> offered_peers::next(time_point now,
                                                          std::size_t dials) {
  refill(now);
  if (waiting_.empty() || dials >= limits_.dials || tokens_ < cost())
    return std::nullopt;
  tokens_ -= cost();
  auto result = std::move(waiting_.front());
  waiting_.pop_front();
  return result;
}

std::optional<std::chrono::nanoseconds>
offered_peers::pause(time_point now, std::size_t dials) {
  refill(now);
  if (waiting_.empty() || dials >= limits_.dials || tokens_ >= cost())
    return std::nullopt;
  const std::chrono::duration<double, std::nano> left{
      (cost() - tokens_) / limits_.addresses_per_second * 1e9};
  // Rounded up: at the end of the pause there must be enough.
  return std::chrono::nanoseconds{static_cast<std::int64_t>(left.count()) + 1};
}

} // namespace grapevine
