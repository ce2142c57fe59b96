#pragma once

#include "app/http/api.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// The messages of a topic as they are sent to a client. One that is too slow
/// misses some, and is told how many where they are missing.
class message_stream {
public:
  /// Bytes that may wait for the client.
  static constexpr std::size_t max_waiting = std::size_t{256} * 1024;

  explicit message_stream(stream_form form) : form_{form} {}

  std::string_view content_type() const noexcept;

  /// Appends a message to what is sent next, while `waiting` bytes wait
  /// already; or counts it.
  void add(const message_delivered& msg, std::size_t waiting,
           std::string& text);

  /// What is to be said of missed messages, once less than half of what may
  /// wait does.
  std::string missed(std::size_t waiting);

private:
  void append_missed(std::string& text);

  stream_form form_;
  std::uint64_t missed_ = 0;
};

} // namespace grapevine::app::http
