#pragma once

#include "tests/support/http_client.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::test {

/// A frame as a client sends it, masked; of less than 64 KiB.
inline std::string client_frame(int opcode, std::string_view payload,
                                bool final = true) {
  constexpr std::string_view mask = "\x12\x34\x56\x78";
  std::string out;
  out += static_cast<char>((final ? 0x80 : 0) | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

/// The frame by which a server says goodbye.
inline std::string closing(int code, std::string_view reason) {
  std::string out = "\x88";
  out += static_cast<char>(2 + reason.size());
  out += static_cast<char>(code >> 8);
  out += static_cast<char>(code & 0xff);
  return out.append(reason);
}

/// The headers of a client who wants a WebSocket.
inline const std::string websocket_wish =
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A frame as a server sends it.
struct server_frame {
  int opcode = 0;
  std::string payload;
};

/// The next one that a client gets; nothing if the server closes before.
inline std::optional<server_frame> next_frame(http_client& client) {
  const auto head = client.take(2);
  if (!head)
    return std::nullopt;
  const auto byte = [](const std::string& text, std::size_t at) {
    return static_cast<std::size_t>(static_cast<std::uint8_t>(text[at]));
  };
  auto size = byte(*head, 1);
  if (size >= 126) {
    const auto more = client.take(size == 126 ? 2 : 8);
    if (!more)
      return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < more->size(); ++i)
      size = size << 8 | byte(*more, i);
  }
  auto payload = client.take(size);
  if (!payload)
    return std::nullopt;
  return server_frame{static_cast<int>(byte(*head, 0) & 0xf),
                      *std::move(payload)};
}

/// The code of a frame that says goodbye: 0 if it has none, -1 if it is another
/// or there is none.
inline int goodbye_in(const std::optional<server_frame>& frame) {
  if (!frame || frame->opcode != 0x8)
    return -1;
  if (frame->payload.size() < 2)
    return 0;
  return static_cast<std::uint8_t>(frame->payload[0]) << 8
         | static_cast<std::uint8_t>(frame->payload[1]);
}

} // namespace grapevine::test
