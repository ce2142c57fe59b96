#include "tests/sim/event_queue.hpp"

#include <utility>

namespace grapevine::sim {

event_queue::event_queue() = default;

void event_queue::push(tick at, event what) {
  if (free_ == none) {
    free_ = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  const std::uint32_t index = free_;
  entry& added = entries_[index];
  free_ = added.next;
  added.what = std::move(what);
  added.at = at;
  append(index);
  ++waiting_;
}

bool event_queue::pop(tick end, event& out) {
  if (waiting_ == 0) {
    now_ = end;
    return false;
  }
  auto index = take_due();
  for (; index == none && now_ < end; index = take_due())
    ++now_;
  if (index == none)
    return false;
  entry& due = entries_[index];
  out = std::move(due.what);
  due.next = free_;
  free_ = index;
  --waiting_;
  return true;
}

void event_queue::append(std::uint32_t index) {
  entry& added = entries_[index];
  added.next = none;
  slot& to = wheel_[slot_of(added.at)];
  (to.first == none ? to.first : entries_[to.last].next) = index;
  to.last = index;
}

std::uint32_t event_queue::take_due() {
  slot& from = wheel_[slot_of(now_)];
  std::uint32_t before = none;
  for (auto index = from.first; index != none; index = entries_[index].next) {
    if (entries_[index].at == now_) {
      const auto next = entries_[index].next;
      (before == none ? from.first : entries_[before].next) = next;
      if (next == none)
        from.last = before;
      return index;
    }
    // Of a later turn of the wheel.
    before = index;
  }
  return none;
}

} // namespace grapevine::sim
