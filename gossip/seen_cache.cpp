#include "gossip/seen_cache.hpp"

namespace grapevine::gossip {

seen_cache::seen_cache(seen_cache_options options) : options_{options} {}

const seen_record* seen_cache::peek(std::string_view raw_id,
                                    time_point now) const {
  const auto it = entries_.find(raw_id);
  return it != entries_.end() && fresh(it->second, now) ? &it->second : nullptr;
}

seen_record* seen_cache::find(const message_id& id, time_point now) {
  const auto it = entries_.find(id);
  if (it == entries_.end() || !fresh(it->second, now))
    return nullptr;
  return &it->second;
}

bool seen_cache::insert(const message_id& id, time_point now,
                        seen_state state) {
  if (options_.max_entries == 0)
    return true;
  expire(now);
  const auto [it, added] =
      entries_.try_emplace(id, seen_record{now, now, state});
  if (!added)
    return false;
  order_.push_back(&*it);
  if (entries_.size() > options_.max_entries)
    drop_oldest();
  return true;
}

void seen_cache::decide(const message_id& id, time_point now,
                        seen_state state) {
  const auto it = entries_.find(id);
  if (it == entries_.end())
    return;
  it->second.decided = now;
  it->second.state = state;
}

void seen_cache::expire(time_point now) {
  while (!order_.empty() && !fresh(order_.front()->second, now))
    drop_oldest();
}

void seen_cache::drop_oldest() {
  // By iterator: a key that lies in the element would die while it is compared.
  entries_.erase(entries_.find(order_.front()->first));
  order_.pop_front();
}

} // namespace grapevine::gossip
