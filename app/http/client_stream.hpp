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

  /// What is to be written before more of a batch is added: what the client's
  /// system takes at once does not wait.
  static constexpr std::size_t portion = std::size_t{64} * 1024;

  /// Appends what of a batch, from `first` on, is sent next, while `waiting`
  /// bytes wait already, and counts what there is no room for. Where the next
  /// call goes on; the batch's size when it is through.
  std::size_t add(const stream_batch& batch, std::size_t first,
                  std::size_t waiting, std::string& text);

  /// What is to be said of what was missed, once less than half of what may
  /// wait does.
  std::string missed(std::size_t waiting);

private:
  void append_missed(std::string& text);

  stream_form form_;
  std::uint64_t missed_ = 0;
};

} // namespace grapevine::app::http
