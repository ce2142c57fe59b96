#pragma once

#include "gossip/limits.hpp"
#include "gossip/message/message_run.hpp"
#include "gossip/stream/byte_budget.hpp"
#include "gossip/stream/fifo.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <span>
#include <variant>

namespace grapevine::gossip {

/// What bounds a `message_lane`.
struct message_lane_bounds {
  std::size_t messages;
  std::size_t bytes;
  /// What waits for all peers of the node; null: no bound but the lane's. It
  /// must live as long as the lane.
  byte_budget* budget = nullptr;
  /// How full that must be for messages to be refused, but for a small share of
  /// each peer.
  byte_budget::level tight = byte_budget::level::full;
};

/// Messages that wait for one peer, first in, first out: single ones, and runs
/// of them that others get, too. When it is full the newest is refused, as go
/// does. What waits longer than a turn counts against the node's budget.
class message_lane {
public:
  explicit message_lane(message_lane_bounds most) : most_{most} {}
  message_lane(const message_lane&) = delete;
  message_lane& operator=(const message_lane&) = delete;
  ~message_lane() { clear(); }

  bool empty() const noexcept { return items_.empty(); }
  /// Messages that wait.
  std::size_t count() const noexcept { return count_; }
  /// Bytes of their frames.
  std::size_t bytes() const noexcept { return bytes_; }

  /// So many messages will be pushed at once.
  void expect(std::size_t more) { items_.expect(more); }

  /// False if there is no room; `msg` is taken only if there is.
  bool push(message_ptr&& msg);
  /// All of the run, or nothing of it.
  bool push(const run_ptr& run);

  /// The frame, or the frames of a run, that are next. It must not be empty.
  shared_bytes pop();

  /// Takes out messages with these ids; returns how many.
  std::size_t cancel(std::span<const message_id> ids);

  /// Takes out the newest that are not counted yet, down to the peer's share,
  /// if the budget is tight: `drop(message_ptr)` gets them.
  template <class Drop>
  void shed(const Drop& drop) {
    while (is_over_share()) {
      split_last();
      drop(pop_last());
    }
  }

  /// Counts all that waits.
  void charge();

  void clear();

private:
  using item = std::variant<message_ptr, run_ptr>;

  static std::size_t size_of(const item& one);
  bool has_room(std::size_t messages, std::size_t size) const noexcept;
  bool is_tight() const noexcept;
  bool is_over_share() const noexcept;
  message_ptr pop_last();
  void split_last();
  void split_those_with(std::span<const message_id> ids);
  std::size_t begin_wait(const item& one) const;
  void discharge(const item& one);

  message_lane_bounds most_;
  fifo<item> items_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  // How many items, from the first on, count against the node's budget.
  std::size_t charged_ = 0;
};

} // namespace grapevine::gossip
