#pragma once

#include "gossip/message/message.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace grapevine::gossip {

/// Messages that several peers are sent together. Their frames lie one after
/// the other in one buffer, made once, that all the peers' queues share: of
/// small messages, what is done with each of them for each peer costs more than
/// its bytes.
class message_run {
public:
  /// Bytes of frames in one run: beyond them nothing is gained.
  static constexpr std::size_t max_bytes = std::size_t{64} * 1024;

  explicit message_run(std::vector<message_ptr> msgs);
  message_run(const message_run&) = delete;
  message_run& operator=(const message_run&) = delete;

  /// Whether it is worth it to send so many messages, of so many bytes of
  /// frames together, as a run to so many peers.
  static bool is_worthwhile(std::size_t msgs, std::size_t size,
                            std::size_t peers) noexcept;

  std::span<const message_ptr> messages() const noexcept { return msgs_; }

  /// Their frames, in order.
  const bytes& frames() const noexcept { return frames_; }

  /// Bytes of the largest frame.
  std::size_t largest_frame() const noexcept { return largest_frame_; }

  /// As those of a message.
  bool wait_begins() const noexcept {
    return waiting_.fetch_add(1, std::memory_order_relaxed) == 0;
  }
  bool wait_ends() const noexcept {
    return waiting_.fetch_sub(1, std::memory_order_relaxed) == 1;
  }

private:
  std::vector<message_ptr> msgs_;
  bytes frames_;
  std::size_t largest_frame_ = 0;
  mutable std::atomic<std::uint32_t> waiting_{0};
};

/// Never null.
using run_ptr = std::shared_ptr<const message_run>;

/// The frames of `run` as a buffer that keeps it alive.
inline shared_bytes shared_frame(run_ptr run) {
  const bytes* frames = &run->frames();
  return {std::move(run), frames};
}

} // namespace grapevine::gossip
