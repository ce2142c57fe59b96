#pragma once

#include "actors/host/socket.hpp"
#include "app/options/api_address.hpp"
#include "proto/expected.hpp"

#include <string>
#include <utility>

namespace grapevine::app::http {

/// A Unix socket's file, which is removed at the end.
class socket_file {
public:
  socket_file() = default;
  explicit socket_file(std::string path) : path_{std::move(path)} {}
  socket_file(socket_file&& other) noexcept
      : path_{std::exchange(other.path_, {})} {}
  socket_file& operator=(socket_file&&) = delete;
  ~socket_file();

private:
  std::string path_;
};

/// A socket that listens.
struct listening_socket {
  unique_fd fd;
  /// With the port that it was given.
  api_address where;
  socket_file file{};

  /// For people: `http://127.0.0.1:4080`.
  std::string url(bool secure = false) const;
};

/// Listens; a Unix socket is for its owner alone. `where` is not off.
expected<listening_socket, socket_error> listen_at(const api_address& where);

} // namespace grapevine::app::http
