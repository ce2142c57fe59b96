#pragma once

#include <algorithm>
#include <cstddef>

namespace grapevine::gossip {

/// How fast a peer may change its subscriptions. What it says beyond is
/// accepted as well, but costs it time: the credit for it comes back only with
/// the next heartbeats, and without credit it is not read. So nothing is lost
/// of a peer that has much to say, and one that subscribes and unsubscribes
/// without end takes no more of this node than its pace allows. Pure: no clock.
class subscription_pace {
public:
  /// At once: all that a peer may be subscribed to, twice over. Large
  /// deployments have some hundreds.
  static constexpr std::size_t burst = 8'192;

  /// With each heartbeat.
  static constexpr std::size_t rate = 1'024;

  /// So many changes were made: how many are credited now, the rest is held.
  std::size_t take(std::size_t changes) noexcept {
    const auto granted = std::min(changes, left_);
    left_ -= granted;
    held_ += changes - granted;
    return granted;
  }

  /// A heartbeat: how many of those that are held are credited now.
  std::size_t renew() noexcept {
    left_ = std::min(burst, left_ + rate);
    const auto back = std::min(held_, left_);
    held_ -= back;
    left_ -= back;
    return back;
  }

  std::size_t held() const noexcept { return held_; }

private:
  std::size_t left_ = burst;
  std::size_t held_ = 0;
};

} // namespace grapevine::gossip
