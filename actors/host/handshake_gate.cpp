#include "actors/host/handshake_gate.hpp"

#include <algorithm>

namespace grapevine {

bool handshake_gate::has_room(time_point now) const {
  return entries_.size() < options_.total || silent_ > 0 || room_at() <= now;
}

time_point handshake_gate::room_at() const {
  return entries_.front().since + options_.unhurried;
}

handshake_gate::decision
handshake_gate::enter(key id, const libp2p::ip_prefix& from, time_point now) {
  if (!rate_.take(from, now))
    return {answer::too_often, std::nullopt};
  decision result;
  if (count_of(from) >= options_.per_address) {
    result.instead = oldest_silent(from);
    if (!result.instead)
      return {answer::too_many, std::nullopt};
  } else if (entries_.size() >= options_.total) {
    result.instead =
        of_most_crowded([](const entry& one) { return one.silent; });
    if (!result.instead)
      result.instead = of_most_crowded([&](const entry& one) {
        return one.since + options_.unhurried <= now;
      });
    if (!result.instead)
      return {answer::too_many, std::nullopt};
  }
  if (result.instead)
    ended(*result.instead);
  entries_.push_back({id, from, now});
  ++silent_;
  ++counts_[from];
  return result;
}

void handshake_gate::spoke(key id) {
  const auto one = std::ranges::find(entries_, id, &entry::id);
  if (one == entries_.end() || !one->silent)
    return;
  one->silent = false;
  --silent_;
}

void handshake_gate::ended(key id) {
  const auto one = std::ranges::find(entries_, id, &entry::id);
  if (one == entries_.end())
    return;
  if (one->silent)
    --silent_;
  if (const auto count = counts_.find(one->from); --count->second == 0)
    counts_.erase(count);
  entries_.erase(one);
}

std::size_t handshake_gate::count_of(const libp2p::ip_prefix& from) const {
  const auto found = counts_.find(from);
  return found == counts_.end() ? 0 : found->second;
}

std::optional<handshake_gate::key>
handshake_gate::oldest_silent(const libp2p::ip_prefix& from) const {
  for (const auto& one : entries_)
    if (one.silent && one.from == from)
      return one.id;
  return std::nullopt;
}

template <class Droppable>
std::optional<handshake_gate::key>
handshake_gate::of_most_crowded(Droppable droppable) const {
  std::optional<key> result;
  std::size_t most = 0;
  for (const auto& one : entries_)
    if (droppable(one))
      if (const auto count = count_of(one.from); count > most) {
        most = count;
        result = one.id;
      }
  return result;
}

} // namespace grapevine
