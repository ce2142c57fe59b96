#include "actors/host/connection_rate.hpp"

#include <algorithm>

namespace grapevine {

bool connection_rate::take(const libp2p::ip_prefix& from, time_point now) {
  auto found = buckets_.find(from);
  if (found == buckets_.end()) {
    if (!make_room(now))
      return true;
    found = buckets_.emplace(from, bucket{burst(), now}).first;
  }
  auto& one = found->second;
  one = {tokens(one, now), now};
  if (one.tokens < 1)
    return false;
  one.tokens -= 1;
  return true;
}

double connection_rate::tokens(const bucket& of, time_point now) const {
  const std::chrono::duration<double> passed = now - of.at;
  return std::min(burst(), of.tokens + passed.count() * per_second_);
}

bool connection_rate::make_room(time_point now) {
  if (buckets_.size() < max_addresses_)
    return true;
  // It visits all: not for each connection.
  constexpr std::chrono::seconds pause{1};
  if (now - swept_ < pause)
    return false;
  swept_ = now;
  std::erase_if(buckets_, [&](const auto& one) {
    return tokens(one.second, now) >= burst();
  });
  return buckets_.size() < max_addresses_;
}

} // namespace grapevine
