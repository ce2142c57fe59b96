#include "sim/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::sim {

void event_queue::push(tick at, event what) {
  const auto index = keep(at, std::move(what));
  ++waiting_;
  if (slot_of(at) > slot_) {
    add_to_wheel(index);
    return;
  }
  late_.push_back({at, entries_[index].order, index});
  std::push_heap(late_.begin(), late_.end(),
                 [](const due& a, const due& b) { return before(b, a); });
}

std::uint32_t event_queue::keep(tick at, event what) {
  if (free_ == none) {
    free_ = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  const auto index = free_;
  entry& added = entries_[index];
  free_ = added.next;
  added.what = std::move(what);
  added.at = at;
  added.order = ++pushed_;
  return index;
}

bool event_queue::pop(tick end, event& out) {
  const due* first = first_due();
  while (first == nullptr && waiting_ > 0 && slot_ < slot_of(end)) {
    ++slot_;
    load();
    first = first_due();
  }
  if (first == nullptr || first->at > end) {
    now_ = end;
    return false;
  }
  now_ = first->at;
  const auto index = first->index;
  drop_first_due();
  entry& taken = entries_[index];
  out = std::move(taken.what);
  taken.next = free_;
  free_ = index;
  --waiting_;
  return true;
}

void event_queue::add_to_wheel(std::uint32_t index) {
  auto& head = wheel_at(slot_of(entries_[index].at));
  entries_[index].next = head;
  head = index;
}

void event_queue::load() {
  due_.clear();
  next_ = 0;
  auto& head = wheel_at(slot_);
  auto index = std::exchange(head, none);
  while (index != none) {
    const entry& one = entries_[index];
    const auto following = one.next;
    if (slot_of(one.at) == slot_)
      due_.push_back({one.at, one.order, index});
    else // Of a later turn of the wheel.
      add_to_wheel(index);
    index = following;
  }
  std::sort(due_.begin(), due_.end(), before);
}

const event_queue::due* event_queue::first_due() const noexcept {
  const due* first = next_ < due_.size() ? &due_[next_] : nullptr;
  if (!late_.empty() && (first == nullptr || before(late_.front(), *first)))
    first = &late_.front();
  return first;
}

void event_queue::drop_first_due() {
  if (first_due() != late_.data()) {
    ++next_;
    return;
  }
  std::pop_heap(late_.begin(), late_.end(),
                [](const due& a, const due& b) { return before(b, a); });
  late_.pop_back();
}

} // namespace grapevine::sim
