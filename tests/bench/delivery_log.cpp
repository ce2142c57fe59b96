#include "tests/bench/delivery_log.hpp"

#include <algorithm>
#include <bit>

namespace grapevine::bench {

namespace {

// Room from the start: to grow would stop the load for milliseconds. It costs
// nothing until it is used.
constexpr std::size_t usual_messages = 1 << 20;
constexpr std::size_t usual_latencies = 8 << 20;

} // namespace

double percentile(std::vector<float>& values, double part) {
  if (values.empty())
    return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto rank = static_cast<std::ptrdiff_t>(part * last);
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(rank)]);
}

delivery_log::delivery_log(std::size_t subscribers)
    : everybody_{~std::uint64_t{0} >> (64 - subscribers)} {
  entries_.reserve(usual_messages);
  latencies_.reserve(usual_latencies);
}

std::uint32_t delivery_log::publish(time_point now) {
  entries_.push_back({now, 0});
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void delivery_log::deliver(std::uint32_t number, std::size_t subscriber,
                           time_point now) {
  if (number >= entries_.size()) {
    ++strangers_;
    return;
  }
  auto& one = entries_[number];
  const auto bit = std::uint64_t{1} << subscriber;
  if ((one.have & bit) != 0) {
    ++duplicates_;
    return;
  }
  one.have |= bit;
  ++deliveries_;
  if (number < given_up_)
    return;
  if (one.have == everybody_) {
    ++settled_;
    last_completed_ = now;
  }
  latencies_.push_back(
      std::chrono::duration<float, std::micro>{now - one.sent}.count());
}

void delivery_log::give_up() {
  given_up_ = entries_.size();
  settled_ = entries_.size();
}

std::size_t delivery_log::missing(std::size_t first) const {
  std::size_t count = 0;
  for (auto i = first; i < entries_.size(); ++i)
    count +=
        static_cast<std::size_t>(std::popcount(everybody_ ^ entries_[i].have));
  return count;
}

} // namespace grapevine::bench
