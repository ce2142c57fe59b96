#include "app/console/input_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

input_reader::input_reader(int fd, std::string name, const stop_flag& stop,
                           std::size_t largest)
    : fd_{fd}, name_{std::move(name)}, stop_{stop}, largest_{largest} {}

next_input input_reader::line() {
  if (auto end = skip_rest())
    return *std::move(end);
  for (;;) {
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(searched_);
    const auto end = std::find(from, buffer_.end(), '\n');
    const auto size = static_cast<std::size_t>(end - buffer_.begin());
    if (size > largest_) {
      skipping_ = true;
      searched_ = 0;
      auto result = too_large();
      result.skipped = true;
      return result;
    }
    if (end != buffer_.end())
      return take(size, size + 1);
    searched_ = size;
    const auto filled = fill();
    if (filled == fill_result::failed)
      return failed();
    if (filled == fill_result::end)
      return buffer_.empty() ? next_input{} : take(size, size);
  }
}

// At the end of the input, too, the rest of such a line is gone.
std::optional<next_input> input_reader::skip_rest() {
  while (skipping_) {
    const auto end = std::find(buffer_.begin(), buffer_.end(), '\n');
    skipping_ = end == buffer_.end();
    buffer_.erase(buffer_.begin(), skipping_ ? end : end + 1);
    if (!skipping_)
      return std::nullopt;
    const auto filled = fill();
    if (filled == fill_result::failed)
      return failed();
    if (filled == fill_result::end)
      return next_input{};
  }
  return std::nullopt;
}

next_input input_reader::everything() {
  if (ended_)
    return {};
  for (auto filled = fill(); filled != fill_result::end; filled = fill()) {
    if (filled == fill_result::failed)
      return failed();
    if (buffer_.size() > largest_)
      return too_large();
  }
  // Half a message is none.
  return stop_.raised() ? next_input{} : take(buffer_.size(), buffer_.size());
}

input_reader::fill_result input_reader::fill() {
  if (ended_)
    return fill_result::end;
  std::array<pollfd, 2> watched{{{fd_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
  if (::poll(watched.data(), watched.size(), -1) < 0)
    return errno == EINTR ? fill_result::more : fill_result::failed;
  if (watched[1].revents != 0) {
    buffer_.clear();
    ended_ = true;
    return fill_result::end;
  }
  std::array<std::uint8_t, std::size_t{64} * 1024> chunk;
  const auto size = ::read(fd_, chunk.data(), chunk.size());
  if (size < 0)
    return errno == EINTR || errno == EAGAIN ? fill_result::more
                                             : fill_result::failed;
  ended_ = size == 0;
  append(buffer_, bytes_view{chunk}.first(static_cast<std::size_t>(size)));
  return ended_ ? fill_result::end : fill_result::more;
}

next_input input_reader::take(std::size_t size, std::size_t consumed) {
  const auto begin = buffer_.begin();
  bytes data{begin, begin + static_cast<std::ptrdiff_t>(size)};
  buffer_.erase(begin, begin + static_cast<std::ptrdiff_t>(consumed));
  searched_ = 0;
  return {std::move(data), {}};
}

next_input input_reader::failed() const {
  return {std::nullopt,
          fmt::format("cannot read {}: {}", name_, std::strerror(errno))};
}

next_input input_reader::too_large() const {
  return {std::nullopt,
          fmt::format("a message from {} has more than the {} bytes that "
                      "--max-message-size allows",
                      name_, largest_)};
}

} // namespace grapevine::app
