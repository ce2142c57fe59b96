#pragma once

#include "gossip/cache/validation_queue.hpp"
#include "gossip/message/message.hpp"
#include "proto/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::sim {

/// Virtual time in milliseconds since the network was made.
using tick = std::uint64_t;

/// Something that will happen in a network.
struct event {
  enum class kind : std::uint8_t { frame, verdict, heartbeat, dial };

  kind what = kind::frame;
  /// The wire that a frame is on, or the node.
  std::uint32_t where = 0;
  /// The wire's or the node's life that this belongs to: with another one it is
  /// void.
  std::uint32_t life = 0;
  /// Of a verdict, with `msg`; or whom the node dials.
  std::uint64_t token = 0;
  gossip::message_ptr msg;
  shared_bytes frame;
};

/// The events to come, by time; those of one tick in the order in which they
/// were pushed. A wheel with a slot for each tick: pushing and popping take
/// constant time, and no memory once as many events have waited before.
class event_queue {
public:
  event_queue();

  tick now() const noexcept { return now_; }
  bool empty() const noexcept { return waiting_ == 0; }

  /// `at` must not be over.
  void push(tick at, event what);

  /// Takes the next event that is due until `end`, and moves the time to it.
  /// False if there is none: the time is then `end`.
  bool pop(tick end, event& out);

  /// Calls `f` with each event that is due now.
  template <class F>
  void each_due(F f) const {
    for (auto index = wheel_[slot_of(now_)].first; index != none;
         index = entries_[index].next)
      if (entries_[index].at == now_)
        f(entries_[index].what);
  }

private:
  // More ticks than between two heartbeats: hardly an event has to wait for the
  // wheel to turn again.
  static constexpr std::size_t slots = 2048;
  static constexpr std::uint32_t none = 0xffff'ffff;

  struct entry {
    event what;
    tick at = 0;
    std::uint32_t next = none;
  };

  struct slot {
    std::uint32_t first = none;
    std::uint32_t last = none;
  };

  static std::size_t slot_of(tick at) noexcept { return at % slots; }
  void append(std::uint32_t index);
  // Takes the first entry of the current tick out of its slot, or `none`.
  std::uint32_t take_due();

  std::array<slot, slots> wheel_;
  std::vector<entry> entries_;
  // The entries that are not in use, chained.
  std::uint32_t free_ = none;
  std::size_t waiting_ = 0;
  tick now_ = 0;
};

} // namespace grapevine::sim
