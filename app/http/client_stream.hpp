#pragma once

#include "app/http/stream_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace grapevine::app::http {

/// What a stream tells, as it is sent to one client. One that is too slow
/// misses some, and is told how many where they are missing.
class client_stream {
public:
  /// Bytes that may wait for the client.
  static constexpr std::size_t max_waiting = std::size_t{256} * 1024;

  explicit client_stream(stream_form form) : form_{form} {}

  /// Appends what of a batch is sent next, while `waiting` bytes wait already,
  /// and counts the rest.
  void add(const stream_batch& batch, std::size_t waiting, std::string& text);

  /// What is to be said of what was missed, once less than half of what may
  /// wait does.
  std::string missed(std::size_t waiting);

private:
  void append_missed(std::string& text);

  stream_form form_;
  std::uint64_t missed_ = 0;
};

} // namespace grapevine::app::http
