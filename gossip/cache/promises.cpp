#include "gossip/cache/promises.hpp"

#include <algorithm>
#include <iterator>

namespace grapevine::gossip {

void promises::track(const libp2p::peer_id& peer, const message_id& id,
                     time_point deadline) {
  const auto known = by_peer_.find(peer);
  const auto made = known == by_peer_.end() ? 0 : known->second.size();
  if (open_.size() >= limits_.total || made >= limits_.per_peer)
    return;
  const auto same = by_id_.try_emplace(id).first;
  const auto asked =
      std::any_of(same->second.begin(), same->second.end(),
                  [&](const auto& other) { return other->peer == peer; });
  if (asked)
    return;
  const auto added = insert({peer, &same->first, deadline});
  same->second.push_back(added);
  by_peer_[peer].push_back(added);
}

void promises::fulfilled(std::string_view id) {
  // The last one takes the entry of the id with it.
  for (auto same = by_id_.find(id); same != by_id_.end();
       same = by_id_.find(id))
    remove(same->second.back());
}

void promises::forget(const libp2p::peer_id& peer) {
  // As `peer` may lie in what is removed.
  const auto gone = peer;
  for (auto all = by_peer_.find(gone); all != by_peer_.end();
       all = by_peer_.find(gone))
    remove(all->second.back());
}

void promises::broken(time_point now, std::vector<broken_promises>& out) {
  // Where in `out` a peer is.
  std::unordered_map<libp2p::peer_id, std::size_t> places;
  while (!open_.empty() && open_.front().deadline < now) {
    const auto& peer = open_.front().peer;
    const auto [place, added] = places.try_emplace(peer, out.size());
    if (added)
      out.push_back({peer, 0});
    ++out[place->second].count;
    remember(open_.front());
    remove(open_.begin());
  }
  forget_late(now);
}

void promises::made_good(std::string_view id, time_point now,
                         std::vector<broken_promises>& out) {
  forget_late(now);
  const auto known = late_by_id_.find(id);
  if (known == late_by_id_.end())
    return;
  for (const auto& peer : known->second)
    out.push_back({peer, 1});
  // What names it in `late_` finds nothing later.
  late_by_id_.erase(known);
}

void promises::postpone(std::chrono::nanoseconds held_up) {
  for (auto& one : open_)
    one.deadline += held_up;
}

void promises::remember(const promise& broken_one) {
  while (late_.size() >= limits_.late && !late_.empty()) {
    late_by_id_.erase(late_.front().id);
    late_.pop_front();
  }
  late_by_id_[*broken_one.id].push_back(broken_one.peer);
  late_.push_back({*broken_one.id, broken_one.deadline + limits_.grace});
}

void promises::forget_late(time_point now) {
  for (; !late_.empty() && late_.front().until < now; late_.pop_front())
    late_by_id_.erase(late_.front().id);
}

promises::entry promises::insert(promise made) {
  // All are given the same time, so the place is the end as a rule.
  auto at = open_.end();
  while (at != open_.begin() && std::prev(at)->deadline > made.deadline)
    --at;
  return open_.insert(at, made);
}

void promises::remove(entry which) {
  const auto same = by_id_.find(*which->id);
  const auto all = by_peer_.find(which->peer);
  std::erase(same->second, which);
  std::erase(all->second, which);
  if (same->second.empty())
    by_id_.erase(same);
  if (all->second.empty())
    by_peer_.erase(all);
  open_.erase(which);
}

} // namespace grapevine::gossip
