#pragma once

#include "gossip/touch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace grapevine::gossip {

/// Finds entries that lie elsewhere, in a queue, by the hashes of their ids:
/// eight bytes an entry, and a search that misses touches one line of memory as
/// a rule. Open addressing with linear probing; whoever leaves closes its gap.
/// Who chooses the ids must not know the hash: `message_id` has a keyed one.
class id_index {
public:
  /// An entry's number, which its owner gives.
  using position = std::uint32_t;

  /// The position of the entry with this hash for which `is_it(position)`
  /// holds.
  template <class Predicate>
  std::optional<position> find(std::size_t hash, Predicate is_it) const {
    if (slots_.empty())
      return std::nullopt;
    const auto wanted = tag_of(hash);
    for (auto i = home(wanted); slots_[i].tag != free; i = after(i))
      if (slots_[i].tag == wanted && is_it(slots_[i].where))
        return slots_[i].where;
    return std::nullopt;
  }

  /// Adds an entry, which must not be there.
  void insert(std::size_t hash, position where);

  /// Removes the entry at `where`, which must be there.
  void erase(std::size_t hash, position where);

  /// The entry at `from`, which must be there, lies at `to` from now on.
  void move(std::size_t hash, position from, position to);

  /// Fetches what a search for `hash` looks at first.
  void expect(std::size_t hash) const noexcept {
    if (!slots_.empty())
      touch(&slots_[home(tag_of(hash))]);
  }

  std::size_t size() const noexcept { return size_; }

private:
  // No entry's tag.
  static constexpr std::uint32_t free = 0;

  struct slot {
    std::uint32_t tag = free;
    position where = 0;
  };

  static std::uint32_t tag_of(std::size_t hash) noexcept {
    const auto tag = static_cast<std::uint32_t>(hash ^ (hash >> 32));
    return tag != free ? tag : 1;
  }
  // There is a power of two of slots.
  std::size_t home(std::uint32_t tag) const noexcept {
    return tag & (slots_.size() - 1);
  }
  std::size_t after(std::size_t i) const noexcept {
    return (i + 1) & (slots_.size() - 1);
  }

  std::size_t slot_of(std::size_t hash, position where) const;
  void place(slot added);
  void resize(std::size_t count);

  std::vector<slot> slots_;
  std::size_t size_ = 0;
};

} // namespace grapevine::gossip
