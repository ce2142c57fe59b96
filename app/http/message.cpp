#include "app/http/message.hpp"

#include "app/http/websocket.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

namespace grapevine::app::http {

namespace {

// Nothing is to be taken for anything else than it is.
constexpr std::string_view no_sniffing = "X-Content-Type-Options: nosniff\r\n";

// What is said of a body. That a client has it already is said without.
std::string body_headers(const response& answer) {
  if (answer.status == 304)
    return {};
  return fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n",
                     answer.content_type, answer.body.size());
}

} // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 406:
    return "Not Acceptable";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 413:
    return "Content Too Large";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Error";
  }
}

response problem(int status, std::string_view detail) {
  nlohmann::ordered_json body;
  body["type"] = "about:blank";
  body["title"] = reason_phrase(status);
  body["status"] = status;
  body["detail"] = detail;
  return {status, "application/problem+json",
          body.dump(-1, ' ', false,
                    nlohmann::ordered_json::error_handler_t::replace)
              + '\n'};
}

std::string to_wire(const response& answer, bool keep_alive, bool with_body) {
  std::string wire;
  wire.reserve(256 + (with_body ? answer.body.size() : 0));
  fmt::format_to(std::back_inserter(wire),
                 "HTTP/1.1 {} {}\r\n{}Cache-Control: {}\r\n{}", answer.status,
                 reason_phrase(answer.status), body_headers(answer),
                 answer.caching, no_sniffing);
  for (const auto& [name, value] : answer.headers)
    wire.append(name).append(": ").append(value).append("\r\n");
  wire += keep_alive ? "Connection: keep-alive\r\n\r\n"
                     : "Connection: close\r\n\r\n";
  if (with_body)
    wire += answer.body;
  return wire;
}

std::string stream_head(std::string_view content_type, bool chunked) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\n"
                     "Cache-Control: no-store\r\n{}{}"
                     "Connection: close\r\n\r\n",
                     content_type, no_sniffing,
                     chunked ? "Transfer-Encoding: chunked\r\n" : "");
}

std::string websocket_head(std::string_view key) {
  return fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket"
                     "\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}"
                     "\r\n\r\n",
                     websocket_accept(key));
}

std::string chunk_head(std::size_t size) {
  return fmt::format("{:x}\r\n", size);
}

} // namespace grapevine::app::http
