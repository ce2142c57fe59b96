#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::app::http {

/// What a client says who wants a WebSocket.
struct websocket_wish {
  std::string version;
  std::string key;
};

/// What a client asks for, of which the API uses no other headers than these.
struct request {
  std::string method;
  /// As it was sent: path and query.
  std::string target;
  bool keep_alive = false;
  std::optional<std::string> host{};
  std::optional<std::string> origin{};
  std::string authorization{};
  std::string accept{};
  std::optional<websocket_wish> websocket{};
  std::string accept_encoding{};
  std::string if_none_match{};
  /// What the head announces; nothing: a body in chunks.
  std::optional<std::size_t> body_size{0};
  std::string body{};
};

/// An answer as a whole.
struct response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  /// Further headers, which the program's own words make, no client's.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Cache-Control: nothing of a node is to be kept by anyone.
  std::string_view caching = "no-store";
};

/// What is said of a status: `Not Found`.
std::string_view reason_phrase(int status);

/// An error as application/problem+json (RFC 9457): `detail` says what is wrong
/// and what to do.
response problem(int status, std::string_view detail);

/// The answer as it goes over the wire, without its body for `HEAD`.
std::string to_wire(const response& answer, bool keep_alive, bool with_body);

/// The head of an answer whose body has no length yet: in chunks, or, as
/// HTTP/1.0 knows none, until the connection ends.
std::string stream_head(std::string_view content_type, bool chunked);

/// The head that begins a WebSocket.
std::string websocket_head(std::string_view key);

/// What stands before a piece of such a body, that is not empty, and behind it;
/// and behind all of them.
std::string chunk_head(std::size_t size);
inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

} // namespace grapevine::app::http
