#include "tests/bench/delivery_log.hpp"

#include <algorithm>

namespace grapevine::bench {

std::uint32_t delivery_log::publish(time_point now) {
  entries_.push_back({now, 0});
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void delivery_log::deliver(std::uint32_t number, std::size_t subscriber,
                           time_point now) {
  const auto bit = static_cast<std::uint16_t>(1U << subscriber);
  if (number >= entries_.size() || (entries_[number].have & bit) != 0) {
    ++surplus_;
    return;
  }
  auto& one = entries_[number];
  one.have = static_cast<std::uint16_t>(one.have | bit);
  ++deliveries_;
  if (one.have == everybody_)
    ++completed_;
  latencies_.push_back(
      std::chrono::duration<float, std::micro>{now - one.sent}.count());
}

std::size_t delivery_log::give_up() {
  std::size_t count = 0;
  for (auto& one : entries_) {
    if (one.have == everybody_)
      continue;
    one.have = everybody_;
    ++completed_;
    ++count;
  }
  return count;
}

double delivery_log::latency(double part) {
  if (latencies_.empty())
    return 0;
  const auto last = static_cast<double>(latencies_.size() - 1);
  const auto rank = static_cast<std::ptrdiff_t>(part * last);
  std::nth_element(latencies_.begin(), latencies_.begin() + rank,
                   latencies_.end());
  return static_cast<double>(latencies_[static_cast<std::size_t>(rank)]);
}

} // namespace grapevine::bench
