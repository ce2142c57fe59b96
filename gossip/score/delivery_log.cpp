#include "gossip/score/delivery_log.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

constexpr std::size_t initial_entries = 256;

} // namespace

void delivery_log::window(std::chrono::nanoseconds length) {
  options_.window = length;
  if (!enabled()) {
    ring_ = {};
    held_ = 0;
  }
}

bool delivery_log::note(chain& last, const libp2p::peer_id& peer,
                        time_point now) {
  if (!enabled() || options_.max_entries == 0)
    return false;
  std::size_t senders = 0;
  for (chain i = last; holds(i); i = at(i).before)
    if (at(i).peer == peer || ++senders >= options_.max_peers)
      return false;
  // Zero names no entry, so a lap's first one is nobody's.
  if (next_ == 0) {
    make_room(now);
    append({{}, 0, now});
  }
  make_room(now);
  append({peer, last, now});
  last = next_ - 1;
  return true;
}

void delivery_log::append(const entry& added) {
  at(next_) = added;
  ++next_;
  ++held_;
}

/// Lets the oldest entries go: when they are past any use, or when there is no
/// place for another one.
void delivery_log::make_room(time_point now) {
  const auto oldest = [this] { return next_ - static_cast<chain>(held_); };
  while (held_ > 0
         && (held_ >= options_.max_entries
             || now - at(oldest()).noted > options_.window))
    --held_;
  if (held_ == ring_.size())
    grow();
}

void delivery_log::grow() {
  std::vector<entry> wider(std::max(initial_entries, ring_.size() * 2));
  wider.swap(ring_);
  for (std::size_t i = 1; i <= held_; ++i) {
    const chain number = next_ - static_cast<chain>(i);
    at(number) = wider[number & (wider.size() - 1)];
  }
}

} // namespace grapevine::gossip
