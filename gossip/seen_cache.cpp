#include "gossip/seen_cache.hpp"

namespace grapevine::gossip {

seen_cache::seen_cache(seen_cache_options options) : options_{options} {}

std::optional<id_index::position>
seen_cache::search(std::size_t hash, std::string_view raw) const {
  return index_.find(hash, [&](id_index::position where) {
    return at(where).id.raw() == raw;
  });
}

seen_cache::entry* seen_cache::entry_of(const message_id& id) {
  const auto where = search(id.hash(), id.raw());
  return where ? &at(*where) : nullptr;
}

const seen_record* seen_cache::peek(std::string_view raw_id,
                                    time_point now) const {
  const auto where = search(message_id::hash_of(raw_id), raw_id);
  return where && fresh(at(*where).record, now) ? &at(*where).record : nullptr;
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
    move_to_end(*there);
  return &entries_.back().record;
}

bool seen_cache::insert(const message_id& id, time_point now,
                        seen_state state) {
  if (options_.max_entries == 0)
    return true;
  expire(now);
  if (search(id.hash(), id.raw()))
    return false;
  index_.insert(id.hash(), next_position());
  entries_.push_back({id, {now, now, state}, false});
  if (index_.size() > options_.max_entries)
    drop_oldest();
  return true;
}

void seen_cache::decide(const message_id& id, time_point now,
                        seen_state state) {
  auto* there = entry_of(id);
  if (there == nullptr)
    return;
  there->record.decided = now;
  there->record.state = state;
}

void seen_cache::expire(time_point now) {
  while (!entries_.empty()
         && (entries_.front().moved || !fresh(entries_.front().record, now)))
    drop_oldest();
}

id_index::position seen_cache::next_position() const noexcept {
  return first_ + static_cast<id_index::position>(entries_.size());
}

/// What stays behind is dropped when it is the oldest.
void seen_cache::move_to_end(entry& from) {
  const auto hash = from.id.hash();
  const auto where = *search(hash, from.id.raw());
  index_.move(hash, where, next_position());
  from.moved = true;
  entries_.push_back({from.id, from.record, false});
}

/// The oldest entry that is still where it was, and what has moved before it.
void seen_cache::drop_oldest() {
  for (bool moved = true; moved && !entries_.empty(); ++first_) {
    moved = entries_.front().moved;
    if (!moved)
      index_.erase(entries_.front().id.hash(), first_);
    entries_.pop_front();
  }
}

} // namespace grapevine::gossip
