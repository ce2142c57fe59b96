#include "gossip/cache/seen_cache.hpp"

namespace grapevine::gossip {

namespace {

/// More than one, so that what is over gets less however much comes.
constexpr std::size_t expired_by_insert = 4;

} // namespace

seen_cache::seen_cache(seen_cache_options options) : options_{options} {}

seen_cache::entry* seen_cache::entry_of(const message_id& id) {
  const auto where = entries_.find(id.hash(), id.raw());
  return where ? &entries_.at(*where) : nullptr;
}

const seen_record* seen_cache::peek(std::string_view raw_id,
                                    time_point now) const {
  const auto where = entries_.find(message_id::hash_of(raw_id), raw_id);
  if (!where)
    return nullptr;
  const auto& there = entries_.at(*where);
  return fresh(there.record, now) ? &there.record : nullptr;
}

seen_record* seen_cache::find(const message_id& id, time_point now) {
  auto* there = entry_of(id);
  return there != nullptr && fresh(there->record, now) ? &there->record
                                                       : nullptr;
}

seen_record* seen_cache::sight(const message_id& id, time_point now) {
  auto* there = entry_of(id);
  if (there == nullptr || !fresh(there->record, now))
    return nullptr;
  if (options_.strategy == seen_strategy::first_seen)
    return &there->record;
  there->record.seen = now;
  if (there != &entries_.back())
    move_to_end(id);
  return &entries_.back().record;
}

bool seen_cache::insert(const message_id& id, time_point now,
                        seen_state state) {
  if (options_.max_entries == 0)
    return true;
  expire(now, expired_by_insert);
  if (auto* there = entry_of(id)) {
    if (fresh(there->record, now))
      return false;
    // Its time was over, though nobody has dropped it yet.
    move_to_end(id);
    entries_.back().record = {now, now, state};
    return true;
  }
  entries_.push_back({id, {now, now, state}, false});
  if (size() > options_.max_entries) {
    ++forgotten_early_;
    drop_oldest();
  }
  return true;
}

std::chrono::nanoseconds seen_cache::age(time_point now) const {
  return entries_.empty() ? std::chrono::nanoseconds{0}
                          : now - entries_.front().record.seen;
}

void seen_cache::decide(const message_id& id, time_point now,
                        seen_state state) {
  auto* there = entry_of(id);
  if (there == nullptr)
    return;
  there->record.decided = now;
  there->record.state = state;
}

bool seen_cache::expire(time_point now, std::size_t most) {
  const auto is_over = [&] {
    return !entries_.empty()
           && (entries_.front().moved || !fresh(entries_.front().record, now));
  };
  for (; most > 0 && is_over(); --most)
    drop_front();
  return is_over();
}

/// What stays behind is dropped when it is the oldest.
void seen_cache::move_to_end(const message_id& id) {
  const auto from = *entries_.find(id.hash(), id.raw());
  entries_.renew(from);
  entries_.at(from).moved = true;
}

/// The oldest entry that is still where it was, and what has moved before it.
void seen_cache::drop_oldest() {
  for (bool moved = true; moved && !entries_.empty();)
    moved = drop_front();
}

/// Returns whether that was a place which its id has left.
bool seen_cache::drop_front() {
  const bool moved = entries_.front().moved;
  entries_.pop_front(moved);
  return moved;
}

} // namespace grapevine::gossip
