#include "gossip/id_index.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

constexpr std::size_t least_slots = 16;

// Entries of a table, on average: with more there is one more table, and with a
// quarter of it one less.
constexpr std::size_t full_table = 2'048;
constexpr std::size_t thin_table = full_table / 4;

} // namespace

void id_index::insert(std::size_t hash, position where) {
  const auto tag = tag_of(hash);
  add(tables_[table_of(tag)], {tag, where});
  if (++size_ > full_table * tables_.size())
    add_table();
}

void id_index::add(table& to, slot added) {
  // At most two thirds are taken: probing stays short.
  if (3 * (to.size + 1) > 2 * to.slots.size())
    resize(to.slots, std::max(least_slots, 2 * to.slots.size()));
  place(to.slots, added);
  ++to.size;
}

void id_index::place(slot_list& slots, slot added) {
  auto i = home(slots, added.tag);
  while (slots[i].tag != free)
    i = after(slots, i);
  slots[i] = added;
}

std::size_t id_index::slot_of(const slot_list& slots, std::uint32_t tag,
                              position where) {
  auto i = home(slots, tag);
  while (slots[i].tag != tag || slots[i].where != where)
    i = after(slots, i);
  return i;
}

void id_index::move(std::size_t hash, position from, position to) {
  const auto tag = tag_of(hash);
  auto& slots = tables_[table_of(tag)].slots;
  slots[slot_of(slots, tag, from)].where = to;
}

void id_index::erase(std::size_t hash, position where) {
  const auto tag = tag_of(hash);
  auto& from = tables_[table_of(tag)];
  auto& slots = from.slots;
  auto gap = slot_of(slots, tag, where);
  const auto mask = slots.size() - 1;
  // Whoever was pushed beyond the gap from a home at or before it moves in.
  for (auto i = after(slots, gap); slots[i].tag != free; i = after(slots, i)) {
    const auto from_home = (i - home(slots, slots[i].tag)) & mask;
    const auto from_gap = (i - gap) & mask;
    if (from_home >= from_gap) {
      slots[gap] = slots[i];
      gap = i;
    }
  }
  slots[gap] = {};
  --from.size;
  // What a burst needed is given back.
  if (slots.size() > least_slots && 8 * from.size < slots.size())
    resize(slots, slots.size() / 2);
  if (--size_ < thin_table * tables_.size() && tables_.size() > 1)
    remove_table();
}

void id_index::resize(slot_list& slots, std::size_t count) {
  const auto former = std::exchange(slots, slot_list(count));
  for (const auto& one : former)
    if (one.tag != free)
      place(slots, one);
}

// The new table gets its part of the one table whose entries it shares.
void id_index::add_table() {
  const auto added = tables_.size();
  if (added > mask_)
    mask_ = 2 * mask_ + 1;
  tables_.emplace_back();
  auto& other = tables_[added & (mask_ >> 1)];
  const auto split = std::exchange(other, {});
  // Each gets half of the entries: not by growing from the least again.
  const auto half = std::max(least_slots, split.slots.size() / 2);
  resize(other.slots, half);
  resize(tables_.back().slots, half);
  for (const auto& one : split.slots)
    if (one.tag != free)
      add(tables_[table_of(one.tag)], one);
}

// The last table goes back into the one that it was split from.
void id_index::remove_table() {
  const auto gone = std::move(tables_.back());
  tables_.pop_back();
  if (tables_.size() <= (mask_ >> 1) + 1)
    mask_ >>= 1;
  for (const auto& one : gone.slots)
    if (one.tag != free)
      add(tables_[table_of(one.tag)], one);
}

} // namespace grapevine::gossip
