#pragma once

#include "app/http/stream_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace grapevine::app::http {

/// What a stream tells, as it is sent to one client. News waits as it is, which
/// is there once for all clients of its form. A client that is too slow misses
/// some, and is told how many where they are missing.
class client_stream {
public:
  /// Bytes of news that may wait for the client, unless told otherwise: as many
  /// as wait for a subscriber of the node (`delivery_options::max_bytes`).
  static constexpr std::size_t default_waiting = std::size_t{8} << 20;

  /// How much is made of it at once, about: what the client's system takes
  /// waits here no longer.
  static constexpr std::size_t portion = std::size_t{64} * 1024;

  explicit client_stream(stream_form form,
                         std::size_t max_waiting = default_waiting)
      : form_{form}, max_waiting_{max_waiting} {}

  /// Has news wait, and counts as missed what there is no room for. A single
  /// object always has. Once some were missed, no more is taken until less than
  /// half of what may wait does: gaps are few rather than short.
  void take(std::shared_ptr<const stream_batch> batch);

  /// What is to be sent next: about a portion, with what is to be said of what
  /// was missed; empty: there is nothing.
  std::string next();

  /// What waits now is missed.
  void drop_all();

  /// Bytes of news that wait.
  std::size_t waiting() const noexcept { return waiting_; }

private:
  // Of a batch, what of it has not been sent and is to be.
  struct news {
    std::shared_ptr<const stream_batch> batch;
    std::size_t next = 0;
    std::size_t end = 0;
    // How many were missed before it.
    std::uint64_t missed = 0;
  };

  void append_missed(std::string& text, std::uint64_t& count) const;

  stream_form form_;
  std::size_t max_waiting_;
  std::deque<news> news_;
  std::size_t waiting_ = 0;
  // Behind all of them.
  std::uint64_t missed_ = 0;
};

} // namespace grapevine::app::http
