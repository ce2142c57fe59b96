#pragma once

#include "gossip/touch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace grapevine::gossip {

/// Finds entries that lie elsewhere, in a queue, by the hashes of their ids:
/// some twelve bytes an entry, and a search that misses touches one line of
/// memory as a rule. Who chooses the ids must not know the hash: `message_id`
/// has a keyed one.
///
/// Many small tables of open addressing with linear probing. They become more
/// one at a time (linear hashing: Litwin, 1980), so that no insertion moves
/// more than a few thousand entries: one table that doubled would hold up a
/// node with millions of ids for a tenth of a second.
class id_index {
public:
  /// An entry's number, which its owner gives.
  using position = std::uint32_t;

  id_index() : tables_(1) {}

  /// The position of the entry with this hash for which `is_it(position)`
  /// holds.
  template <class Predicate>
  std::optional<position> find(std::size_t hash, Predicate is_it) const {
    const auto wanted = tag_of(hash);
    const auto& slots = tables_[table_of(wanted)].slots;
    if (slots.empty())
      return std::nullopt;
    for (auto i = home(slots, wanted); slots[i].tag != free;
         i = after(slots, i))
      if (slots[i].tag == wanted && is_it(slots[i].where))
        return slots[i].where;
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
    const auto wanted = tag_of(hash);
    const auto& slots = tables_[table_of(wanted)].slots;
    if (!slots.empty())
      touch(&slots[home(slots, wanted)]);
  }

  std::size_t size() const noexcept { return size_; }

private:
  // No entry's tag.
  static constexpr std::uint32_t free = 0;

  struct slot {
    std::uint32_t tag = free;
    position where = 0;
  };

  // There is none, or a power of two.
  using slot_list = std::vector<slot>;

  struct table {
    slot_list slots;
    std::size_t size = 0;
  };

  static std::uint32_t tag_of(std::size_t hash) noexcept {
    const auto tag = static_cast<std::uint32_t>(hash ^ (hash >> 32));
    return tag != free ? tag : 1;
  }
  // By the tag's upper bits: the lower ones say where in the table.
  std::size_t table_of(std::uint32_t tag) const noexcept {
    constexpr unsigned home_bits = 14;
    const auto number = (tag >> home_bits) & mask_;
    // Branches that are as random as ids cost more than this.
    return number - (number >= tables_.size() ? (mask_ + 1) / 2 : 0);
  }
  static std::size_t home(const slot_list& slots, std::uint32_t tag) noexcept {
    return tag & (slots.size() - 1);
  }
  static std::size_t after(const slot_list& slots, std::size_t i) noexcept {
    return (i + 1) & (slots.size() - 1);
  }

  static std::size_t slot_of(const slot_list& slots, std::uint32_t tag,
                             position where);
  static void add(table& to, slot added);
  static void place(slot_list& slots, slot added);
  static void resize(slot_list& slots, std::size_t count);
  void add_table();
  void remove_table();

  std::vector<table> tables_;
  // The least power of two that is not below the number of tables, less one.
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

} // namespace grapevine::gossip
