#pragma once

#include "gossip/cache/validation_queue.hpp"
#include "gossip/message/message.hpp"
#include "proto/bytes.hpp"
#include "sim/chunked_list.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::sim {

/// Virtual time in microseconds since the network was made.
using tick = std::uint64_t;

constexpr tick ticks(std::chrono::microseconds duration) {
  return static_cast<tick>(duration.count());
}

constexpr std::chrono::microseconds duration_of(tick ticks) {
  return std::chrono::microseconds{ticks};
}

/// Something that will happen in a network.
struct event {
  enum class kind : std::uint8_t {
    /// A frame is at its node.
    frame,
    /// The node has taken a frame in.
    served,
    verdict,
    heartbeat,
    dial,
    /// The node's uplink takes more.
    uplink,
    /// A core has done what it was given: `where` is its machine.
    core,
  };

  kind what = kind::frame;
  /// The wire that a frame is on, or the node.
  std::uint32_t where = 0;
  /// The wire's or the node's life that this belongs to: with another one it is
  /// void.
  std::uint32_t life = 0;
  /// Of a verdict, with `msg`; or whom the node dials; or the core.
  std::uint64_t token = 0;
  gossip::message_ptr msg;
  shared_bytes frame;
};

/// The events to come, by time; those of one tick in the order in which they
/// were pushed. A wheel of slots of about a millisecond, whose events are
/// brought into order when their time comes: to push takes constant time, and
/// no memory once as many events have waited before.
class event_queue {
public:
  tick now() const noexcept { return now_; }
  bool empty() const noexcept { return waiting_ == 0; }

  /// `at` must not be over.
  void push(tick at, event what);

  /// Takes the next event that is due until `end`, and moves the time to it.
  /// False if there is none: the time is then `end`.
  bool pop(tick end, event& out);

  /// The event that is `distance` behind the next one, if both are of one
  /// slot; else null.
  const event* ahead(std::size_t distance) const noexcept {
    return next_ + distance < due_.size()
               ? &entries_[due_[next_ + distance].index].what
               : nullptr;
  }

private:
  // More time than between two heartbeats: hardly an event has to wait for the
  // wheel to turn again.
  static constexpr std::size_t slots = 2048;
  static constexpr unsigned slot_bits = 10;
  static constexpr std::uint32_t none = 0xffff'ffff;

  struct entry {
    event what;
    tick at = 0;
    std::uint64_t order = 0;
    std::uint32_t next = none;
  };

  // An entry whose slot's time has come.
  struct due {
    tick at;
    std::uint64_t order;
    std::uint32_t index;
  };

  static bool before(const due& a, const due& b) noexcept {
    return a.at != b.at ? a.at < b.at : a.order < b.order;
  }

  static tick slot_of(tick at) noexcept { return at >> slot_bits; }
  std::uint32_t& wheel_at(tick slot) noexcept { return wheel_[slot % slots]; }
  std::uint32_t keep(tick at, event what);
  void add_to_wheel(std::uint32_t index);
  // Brings the events of the slot of `slot_` into order.
  void load();
  // The first of those that are due in this slot, or null.
  const due* first_due() const noexcept;
  void drop_first_due();

  std::array<std::uint32_t, slots> wheel_ = [] {
    std::array<std::uint32_t, slots> empty{};
    empty.fill(none);
    return empty;
  }();
  chunked_list<entry> entries_;
  // The entries that are not in use, chained.
  std::uint32_t free_ = none;
  std::size_t waiting_ = 0;
  std::uint64_t pushed_ = 0;
  tick now_ = 0;
  // The slot whose events are in `due_`, in order, from `next_` on; those that
  // were pushed since are in `late_`, a heap.
  tick slot_ = 0;
  std::vector<due> due_;
  std::size_t next_ = 0;
  std::vector<due> late_;
};

} // namespace grapevine::sim
