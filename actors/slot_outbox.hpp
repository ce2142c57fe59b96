#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace grapevine {

/// What one turn has for each of many receivers, who are numbered by slots:
/// gathered first, so that each of them gets it in one message.
template <class T>
class slot_outbox {
public:
  using slot_number = std::uint32_t;

  /// How many items a receiver may get this turn: room for them is made at
  /// once.
  void expect(std::size_t count) noexcept { expected_ = count; }

  void push(slot_number slot, T item) {
    if (items_.size() <= slot)
      items_.resize(std::size_t{slot} + 1);
    auto& waiting = items_[slot];
    if (waiting.empty()) {
      slots_.push_back(slot);
      waiting.reserve(expected_);
    }
    waiting.push_back(std::move(item));
  }

  /// Calls `send(slot, items)` for each slot that has any, in the order in
  /// which they got their first one, and is empty then.
  template <class Send>
  void drain(Send send) {
    for (const auto slot : slots_)
      send(slot, std::exchange(items_[slot], {}));
    slots_.clear();
    expected_ = 1;
  }

private:
  std::vector<std::vector<T>> items_;
  std::vector<slot_number> slots_;
  std::size_t expected_ = 1;
};

} // namespace grapevine
