#pragma once

#include "actors/host/socket.hpp"
#include "proto/expected.hpp"

#include <string>
#include <string_view>

namespace grapevine {

/// A file that a trace is appended to.
class trace_file {
public:
  /// Opens or makes the file. An error text says why that is impossible.
  static expected<trace_file, std::string> open(const std::string& path);

  /// Appends all of `events`, or nothing where the file can be cut: half an
  /// event would spoil what is appended later. An error text says why.
  expected<void, std::string> append(std::string_view events);

  const std::string& path() const noexcept { return path_; }

private:
  trace_file(std::string path, unique_fd fd)
      : path_{std::move(path)}, fd_{std::move(fd)} {}

  void take_back(std::size_t size);

  std::string path_;
  unique_fd fd_;
};

} // namespace grapevine
