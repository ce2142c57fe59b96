#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace grapevine::gossip {

/// Names an entry of a `slot_map`: `slot` is small and used again after the
/// entry is gone (fit for indexing a vector), `generation` tells its users
/// apart. The default-constructed one names nothing.
struct slot_handle {
  std::uint32_t slot = 0xffff'ffff;
  std::uint32_t generation = 0;

  friend bool operator==(slot_handle a, slot_handle b) noexcept {
    return a.slot == b.slot && a.generation == b.generation;
  }

  /// An order without meaning, for sorting.
  friend bool operator<(slot_handle a, slot_handle b) noexcept {
    return a.slot < b.slot || (a.slot == b.slot && a.generation < b.generation);
  }
};

/// What somebody keeps of each entry of another one's `slot_map`, by its
/// handle: finding it is a comparison, and a handle of an entry that is gone
/// finds nothing. References are valid until the next `put`.
template <class T>
class slot_table {
public:
  /// `value` belongs to `handle` from now on; what was of the same slot is
  /// gone.
  T& put(slot_handle handle, T value) {
    if (handle.slot >= slots_.size())
      grow(handle.slot + std::size_t{1});
    auto& at = slots_[handle.slot];
    at.value = std::move(value);
    at.owner = handle;
    return at.value;
  }

  /// Nothing if it is gone already.
  void erase(slot_handle handle) {
    if (find(handle) != nullptr)
      slots_[handle.slot] = {};
  }

  /// Null if it is not here.
  T* find(slot_handle handle) noexcept {
    return const_cast<T*>(std::as_const(*this).find(handle));
  }
  const T* find(slot_handle handle) const noexcept {
    // Nothing's slot is beyond all.
    if (handle.slot >= slots_.size())
      return nullptr;
    const auto& at = slots_[handle.slot];
    return at.owner == handle ? &at.value : nullptr;
  }

  /// What lies at a slot that is taken.
  T& operator[](std::uint32_t slot) noexcept { return slots_[slot].value; }
  const T& operator[](std::uint32_t slot) const noexcept {
    return slots_[slot].value;
  }

  /// Whose slot it is; nothing's if it is free.
  slot_handle owner(std::uint32_t slot) const noexcept {
    return slot < slots_.size() ? slots_[slot].owner : slot_handle{};
  }

  /// All slots are below it.
  std::size_t slot_count() const noexcept { return slots_.size(); }

  /// Calls `f(handle, value)` for each, in the order of the slots. `f` may
  /// erase it.
  template <class F>
  void each(F f) {
    for (auto& one : slots_)
      if (one.owner != slot_handle{})
        f(slot_handle{one.owner}, one.value);
  }
  template <class F>
  void each(F f) const {
    for (const auto& one : slots_)
      if (one.owner != slot_handle{})
        f(one.owner, one.value);
  }

private:
  struct held {
    slot_handle owner;
    T value{};
  };

  // By a quarter: entries may be large, and are few most of the time.
  void grow(std::size_t count) {
    if (count > slots_.capacity())
      slots_.reserve(std::max(count, slots_.size() + slots_.size() / 4));
    slots_.resize(count);
  }

  std::vector<held> slots_;
};

/// Entries in slots, which are used again, the latest freed first: no memory is
/// asked for once as many have been there before.
template <class T>
class slot_map : slot_table<T> {
  using entries = slot_table<T>;

public:
  slot_handle insert(T value) {
    if (free_.empty())
      free_.push_back({static_cast<std::uint32_t>(slot_count()), 0});
    const auto handle = free_.back();
    entries::put(handle, std::move(value));
    free_.pop_back();
    return handle;
  }

  /// Its handle finds nothing from now on.
  void erase(slot_handle handle) {
    if (find(handle) == nullptr)
      return;
    free_.push_back({handle.slot, handle.generation + 1});
    entries::erase(handle);
  }

  // References are valid until the next `insert`.
  using entries::each;
  using entries::find;
  using entries::owner;
  using entries::slot_count;
  using entries::operator[];

private:
  // The handles that are given out next, the last one first.
  std::vector<slot_handle> free_;
};

} // namespace grapevine::gossip

template <>
struct std::hash<grapevine::gossip::slot_handle> {
  std::size_t
  operator()(const grapevine::gossip::slot_handle& handle) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{handle.generation} << 32
                                      | handle.slot);
  }
};
