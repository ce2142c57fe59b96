#pragma once

#include "gossip/cache/chunk_queue.hpp"
#include "gossip/id_index.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace grapevine::gossip {

/// Entries in the order of time, which come at the new end, leave at the old
/// one, and are found by their message ids: `Id` is the member of `T`, or of
/// what it points to, that has it. Every operation is O(1); entries are not
/// allocated one by one, and a search that misses looks at `id_index` alone.
/// References are valid until the next change.
template <class T, auto Id>
class time_queue {
public:
  /// An entry's number, which it keeps: they are given one after the other, in
  /// a circle.
  using position = id_index::position;

  /// Where the entry with this id is, if it is not older than `oldest`.
  std::optional<position> find(std::size_t hash, std::string_view raw_id,
                               position oldest) const {
    return index_.find(hash, [&](position where) {
      return where - first_ >= oldest - first_
             && id_of(at(where)).raw() == raw_id;
    });
  }
  std::optional<position> find(std::size_t hash,
                               std::string_view raw_id) const {
    return find(hash, raw_id, first_);
  }

  T& at(position where) { return entries_[where - first_]; }
  const T& at(position where) const { return entries_[where - first_]; }

  /// The oldest and the newest entry; there must be one.
  const T& front() const { return entries_.front(); }
  T& back() { return entries_.back(); }

  /// Of the oldest entry, and of the one that comes next.
  position first() const noexcept { return first_; }
  position next() const noexcept {
    return first_ + static_cast<position>(entries_.size());
  }

  void push_back(T entry) {
    index_.insert(id_of(entry).hash(), next());
    entries_.push_back(std::move(entry));
  }

  /// Adds a copy of the entry at `from`, which is found instead of it. What
  /// stays behind leaves when it is the oldest.
  void renew(position from) {
    T copy = at(from);
    index_.move(id_of(copy).hash(), from, next());
    entries_.push_back(std::move(copy));
  }

  /// Drops the oldest entry, of which the caller says whether it was renewed.
  void pop_front(bool renewed = false) {
    if (!renewed)
      index_.erase(id_of(entries_.front()).hash(), first_);
    entries_.pop_front();
    ++first_;
  }

  /// Fetches what a search for this hash looks at first.
  void expect(std::size_t hash) const noexcept { index_.expect(hash); }

  /// Fetches what dropping the `count` oldest entries looks at first.
  void expect_drops(std::size_t count) const noexcept {
    const auto end = std::min(count, entries_.size());
    for (std::size_t i = 0; i < end; ++i)
      index_.expect(id_of(entries_[i]).hash());
  }

  bool empty() const noexcept { return entries_.empty(); }

  /// All entries, and those that are found: that were not renewed.
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t found() const noexcept { return index_.size(); }

private:
  static const auto& id_of(const T& entry) noexcept {
    return std::invoke(Id, entry);
  }

  chunk_queue<T> entries_;
  position first_ = 0;
  id_index index_;
};

} // namespace grapevine::gossip
