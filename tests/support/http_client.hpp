#pragma once

#include "actors/host/socket.hpp"
#include "tests/support/certificates.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;

namespace grapevine::test {

/// What a server has answered.
struct http_answer {
  int status = 0;
  /// Status line and headers.
  std::string head;
  std::string body;

  /// The value of a header; empty if it is not there.
  std::string header(const std::string& name) const;
};

/// What a client of TLS trusts, and how it shows who it is.
struct client_trust {
  const certificate* root = nullptr;
  const certificate* own = nullptr;
};

/// A client that writes what it is told to, and reads answers. Each wait ends
/// after half a minute, which is a failure.
class http_client {
public:
  /// Connects to a port of 127.0.0.1, or to a Unix socket, or by TLS, of which
  /// what fails is an exception.
  explicit http_client(std::uint16_t port);
  explicit http_client(const std::string& unix_path);
  http_client(std::uint16_t port, const client_trust& trust);

  /// Writes; false when the server takes no more.
  bool say(std::string_view text);
  /// Writes as much as the server takes at once, and waits for nothing.
  std::size_t say_some(std::string_view text);

  /// The next answer; `to_head`: its body is not sent. Nothing if the server
  /// closes before.
  std::optional<http_answer> answer(bool to_head = false);
  /// The next line of a body that has no end, of its chunks.
  std::optional<std::string> line();
  /// The next bytes of what is no HTTP any more.
  std::optional<std::string> take(std::size_t size);
  /// Whether the server has closed, once all is read.
  bool is_closed();

  /// One request and its answer.
  http_answer ask(const std::string& method, const std::string& target,
                  const std::string& body = {},
                  const std::string& headers = {});

private:
  bool fill();

  unique_fd fd_;
  std::shared_ptr<ssl_st> tls_;
  std::string input_;
  std::string lines_;
};

} // namespace grapevine::test
