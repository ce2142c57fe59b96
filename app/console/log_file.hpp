#pragma once

#include "actors/host/socket.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace grapevine::app {

struct written {
  /// Of the text's bytes.
  std::size_t size = 0;
  /// The number of the error that has ended it, or 0.
  int error = 0;
};

/// Writes all of a text to a descriptor. A pipe that does not block and stays
/// full for `patience` is an error, EAGAIN.
written write_all(int fd, std::string_view text,
                  std::chrono::milliseconds patience);

/// A file that lines are appended to, by several processes if need be.
class log_file {
public:
  /// Opens it, and makes it if there is none; or why that cannot be, which
  /// names it.
  static expected<log_file, std::string> open(std::filesystem::path path);

  const std::filesystem::path& path() const noexcept { return path_; }

  int descriptor() const noexcept { return fd_.get(); }

private:
  log_file(std::filesystem::path path, unique_fd fd)
      : path_{std::move(path)}, fd_{std::move(fd)} {}

  std::filesystem::path path_;
  unique_fd fd_;
};

} // namespace grapevine::app
