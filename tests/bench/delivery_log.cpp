#include "tests/bench/delivery_log.hpp"

namespace grapevine::bench {

namespace {

// Room from the start: to grow would stop the load for milliseconds. It costs
// nothing until it is used.
constexpr std::size_t usual_messages = 1 << 20;

constexpr std::size_t word_bits = 64;

} // namespace

delivery_log::delivery_log(std::size_t subscribers)
    : subscribers_{static_cast<std::uint32_t>(subscribers)},
      words_{(subscribers + word_bits - 1) / word_bits} {
  entries_.reserve(usual_messages);
  have_.reserve(usual_messages * words_);
}

std::uint32_t delivery_log::publish(time_point now) {
  entries_.push_back({now, subscribers_});
  have_.resize(have_.size() + words_);
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void delivery_log::deliver(std::uint32_t number, std::size_t subscriber,
                           time_point now) {
  if (number >= entries_.size()) {
    ++strangers_;
    return;
  }
  auto& word = have_[number * words_ + subscriber / word_bits];
  const auto bit = std::uint64_t{1} << (subscriber % word_bits);
  if ((word & bit) != 0) {
    ++duplicates_;
    return;
  }
  word |= bit;
  ++deliveries_;
  auto& one = entries_[number];
  --one.owed;
  if (number < given_up_)
    return;
  if (one.owed == 0) {
    ++settled_;
    last_completed_ = now;
  }
  latencies_.add(now - one.sent);
}

void delivery_log::give_up() {
  given_up_ = entries_.size();
  settled_ = entries_.size();
}

std::size_t delivery_log::missing(std::size_t first) const {
  std::size_t count = 0;
  for (auto i = first; i < entries_.size(); ++i)
    count += entries_[i].owed;
  return count;
}

} // namespace grapevine::bench
