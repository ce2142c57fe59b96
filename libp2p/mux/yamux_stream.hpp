#pragma once

#include "libp2p/base/time_point.hpp"
#include "libp2p/base/types.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::libp2p {

/// What one stream still has to send: shared buffers in order, the first one
/// perhaps partly sent. Nothing is copied.
class yamux_send_queue {
public:
  /// So many buffers will be added.
  void expect(std::size_t more) { make_room(items_, more); }

  /// Adds a buffer at the end; null and empty ones are ignored.
  void push(shared_bytes data);

  /// Bytes waiting.
  std::size_t size() const noexcept { return size_; }

  bool empty() const noexcept { return size_ == 0; }

  /// Moves the next bytes, at most `limit` of them in at most `max_parts`
  /// pieces, out of the queue: views are appended to `parts`, what owns them to
  /// `kept`. Returns how many bytes.
  std::size_t take(std::size_t limit, std::size_t max_parts,
                   std::vector<bytes_view>& parts,
                   std::vector<shared_bytes>& kept);

  /// Forgets everything and frees the memory.
  void clear();

private:
  std::size_t take_all(std::vector<bytes_view>& parts,
                       std::vector<shared_bytes>& kept);
  void drop_taken();

  std::vector<shared_bytes> items_;
  std::size_t head_ = 0;
  std::size_t offset_ = 0;
  std::size_t size_ = 0;
};

/// The receiving side's flow control of one stream (yamux specification, "Flow
/// control"): how much the other side may still send, and when to allow more.
class yamux_receive_window {
public:
  /// What both sides start with: 256 KiB.
  static constexpr std::uint32_t initial = 256 * 1024;

  /// Takes `size` bytes of the window. False: the other side has overrun it.
  bool reserve(std::uint32_t size) noexcept;

  /// `size` reserved bytes have been read.
  void consume(std::size_t size) noexcept;

  /// Whether at least half the window has been read since the last update:
  /// earlier updates would cost a frame for little.
  bool update_due() const noexcept { return consumed_ >= size_ / 2; }

  /// Opens the window again and returns by how much. A window that was emptied
  /// within four round trips limits the stream's speed and doubles, up to
  /// `limit`; zero `round_trip` means that it is unknown.
  std::uint32_t reopen(time_point now, std::chrono::nanoseconds round_trip,
                       std::uint32_t limit) noexcept;

  /// The full window, in bytes.
  std::uint32_t size() const noexcept { return size_; }

private:
  std::uint32_t size_ = initial;
  std::uint32_t left_ = initial;
  std::uint32_t consumed_ = 0;
  time_point last_update_{};
};

/// One stream's state. Only `yamux` uses it.
struct yamux_stream {
  /// How much may be sent before the first window update. The specification
  /// says 256 KiB, but nim-libp2p grants 256,000 bytes and takes more for an
  /// overrun; for the others 6 KiB less make no difference.
  static constexpr std::uint32_t initial_send_window = 256'000;

  stream_id id = 0;
  /// Opened by the other side.
  bool inbound = false;
  /// The SYN (of ours) or the ACK (of theirs) is still to be sent.
  bool hello_pending = true;
  /// Ours only: the other side has not sent its ACK yet.
  bool unacknowledged = true;
  /// `close` was called: FIN follows the queue.
  bool closing = false;
  bool fin_sent = false;
  bool fin_received = false;

  std::uint64_t send_window = initial_send_window;
  yamux_send_queue queue;
  yamux_receive_window receive_window;

  /// The list of streams that have something to send.
  yamux_stream* previous = nullptr;
  yamux_stream* next = nullptr;
  bool listed = false;

  /// Whether FIN is to be sent now.
  bool fin_due() const noexcept {
    return closing && !fin_sent && queue.empty();
  }

  /// Whether a window update is to be sent now.
  bool update_due() const noexcept {
    return !fin_received && receive_window.update_due();
  }

  /// Whether there is anything that may be sent now.
  bool sendable() const noexcept {
    return hello_pending || update_due() || fin_due()
           || (!queue.empty() && send_window > 0);
  }

  /// Whether both sides have closed it.
  bool finished() const noexcept { return fin_sent && fin_received; }
};

/// The streams that have something to send, in the order of their turns.
class yamux_turns {
public:
  yamux_turns() = default;
  yamux_turns(const yamux_turns&) = delete;
  yamux_turns& operator=(const yamux_turns&) = delete;

  bool empty() const noexcept { return first_ == nullptr; }

  /// Whether exactly one stream waits.
  bool single() const noexcept { return first_ != nullptr && first_ == last_; }

  /// Adds a stream at the end, unless it is there.
  void push(yamux_stream& stream) noexcept;

  /// Takes the first stream out; null when there is none.
  yamux_stream* pop() noexcept;

  /// Takes `stream` out, if it is there.
  void remove(yamux_stream& stream) noexcept;

private:
  yamux_stream* first_ = nullptr;
  yamux_stream* last_ = nullptr;
};

} // namespace grapevine::libp2p
