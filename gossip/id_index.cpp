#include "gossip/id_index.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

constexpr std::size_t least_slots = 16;

} // namespace

void id_index::insert(std::size_t hash, position where) {
  // At most two thirds are taken: probing stays short.
  if (3 * (size_ + 1) > 2 * slots_.size())
    resize(std::max(least_slots, 2 * slots_.size()));
  place({tag_of(hash), where});
  ++size_;
}

void id_index::place(slot added) {
  auto i = home(added.tag);
  while (slots_[i].tag != free)
    i = after(i);
  slots_[i] = added;
}

std::size_t id_index::slot_of(std::size_t hash, position where) const {
  const auto tag = tag_of(hash);
  auto i = home(tag);
  while (slots_[i].tag != tag || slots_[i].where != where)
    i = after(i);
  return i;
}

void id_index::move(std::size_t hash, position from, position to) {
  slots_[slot_of(hash, from)].where = to;
}

void id_index::erase(std::size_t hash, position where) {
  auto gap = slot_of(hash, where);
  const auto mask = slots_.size() - 1;
  // Whoever was pushed beyond the gap from a home at or before it moves in.
  for (auto i = after(gap); slots_[i].tag != free; i = after(i)) {
    const auto from_home = (i - home(slots_[i].tag)) & mask;
    const auto from_gap = (i - gap) & mask;
    if (from_home >= from_gap) {
      slots_[gap] = slots_[i];
      gap = i;
    }
  }
  slots_[gap] = {};
  --size_;
  // What a burst needed is given back.
  if (slots_.size() > least_slots && 8 * size_ < slots_.size())
    resize(slots_.size() / 2);
}

void id_index::resize(std::size_t count) {
  const auto former = std::exchange(slots_, std::vector<slot>(count));
  for (const auto& one : former)
    if (one.tag != free)
      place(one);
}

} // namespace grapevine::gossip
