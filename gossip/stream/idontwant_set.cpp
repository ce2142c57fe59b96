#include "gossip/stream/idontwant_set.hpp"

#include <utility>

namespace grapevine::gossip {

bool idontwant_set::insert(message_id id, time_point now) {
  expire(now);
  if (entries_.contains(id))
    return true;
  const std::size_t size = id.raw().size();
  if (entries_.size() >= options_.max_ids
      || bytes_held_ + size > options_.max_bytes)
    return false;
  const auto it = entries_.emplace(std::move(id), now).first;
  order_.push_back(&*it);
  bytes_held_ += size;
  return true;
}

void idontwant_set::expire(time_point now) {
  while (gone_ < order_.size() && !fresh(order_[gone_]->second, now))
    drop_oldest();
  close_gap();
}

void idontwant_set::drop_oldest() {
  const auto it = entries_.find(order_[gone_]->first);
  bytes_held_ -= it->first.raw().size();
  entries_.erase(it);
  ++gone_;
}

/// Moves the order to its front when at least half of it is gone, so that each
/// entry is moved once on average; gives an empty set's memory back.
void idontwant_set::close_gap() {
  if (gone_ == 0 || gone_ < order_.size() - gone_)
    return;
  if (gone_ == order_.size()) {
    entries_ = {};
    order_ = {};
  } else {
    order_.erase(order_.begin(),
                 order_.begin() + static_cast<std::ptrdiff_t>(gone_));
  }
  gone_ = 0;
}

} // namespace grapevine::gossip
