#include "gossip/seen_cache.hpp"

namespace grapevine::gossip {

seen_cache::seen_cache(seen_cache_options options) : options_{options} {}

const seen_record* seen_cache::peek(std::string_view raw_id,
                                    time_point now) const {
  const auto it = entries_.find(raw_id);
  return it != entries_.end() && fresh(it->second.record, now)
             ? &it->second.record
             : nullptr;
}

seen_record* seen_cache::find(const message_id& id, time_point now) {
  const auto it = entries_.find(id);
  if (it == entries_.end() || !fresh(it->second.record, now))
    return nullptr;
  return &it->second.record;
}

seen_record* seen_cache::sight(const message_id& id, time_point now) {
  const auto it = entries_.find(id);
  if (it == entries_.end() || !fresh(it->second.record, now))
    return nullptr;
  if (options_.strategy == seen_strategy::last_seen) {
    it->second.record.seen = now;
    take_out(*it);
    append(*it);
  }
  return &it->second.record;
}

bool seen_cache::insert(const message_id& id, time_point now,
                        seen_state state) {
  if (options_.max_entries == 0)
    return true;
  expire(now);
  const auto [it, added] =
      entries_.try_emplace(id, entry{{now, now, state}, nullptr, nullptr});
  if (!added)
    return false;
  append(*it);
  if (entries_.size() > options_.max_entries)
    drop_oldest();
  return true;
}

void seen_cache::decide(const message_id& id, time_point now,
                        seen_state state) {
  const auto it = entries_.find(id);
  if (it == entries_.end())
    return;
  it->second.record.decided = now;
  it->second.record.state = state;
}

void seen_cache::expire(time_point now) {
  while (oldest_ != nullptr && !fresh(oldest_->second.record, now))
    drop_oldest();
}

/// Into the list, as its newest entry.
void seen_cache::append(element& added) noexcept {
  added.second.older = newest_;
  added.second.newer = nullptr;
  (newest_ != nullptr ? newest_->second.newer : oldest_) = &added;
  newest_ = &added;
}

/// Out of the list.
void seen_cache::take_out(element& there) noexcept {
  const entry& e = there.second;
  (e.older != nullptr ? e.older->second.newer : oldest_) = e.newer;
  (e.newer != nullptr ? e.newer->second.older : newest_) = e.older;
}

void seen_cache::drop_oldest() {
  element& oldest = *oldest_;
  take_out(oldest);
  // By iterator: a key that lies in the element would die while it is compared.
  entries_.erase(entries_.find(oldest.first));
}

} // namespace grapevine::gossip
