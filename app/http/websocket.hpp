#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// Why a WebSocket is closed (RFC 6455, 7.4.1).
enum class close_code : std::uint16_t {
  going_away = 1001,
  unsupported_data = 1003,
  internal_error = 1011,
};

/// The value of Sec-WebSocket-Accept for a client's Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

/// Whether this is a Sec-WebSocket-Key: 16 bytes in Base64.
bool is_websocket_key(std::string_view key);

/// Appends a text message in one frame, as a server sends it.
void append_text_frame(std::string& out, std::string_view text);

/// What a client says over a WebSocket: bytes in, bytes out. wslay reads the
/// frames. Pings are answered; the client has nothing else to say, so that what
/// it sends as a message closes it. No socket, no clock.
class websocket {
public:
  /// Of a message, which is not taken in any case.
  static constexpr std::size_t max_message = 4096;

  websocket();
  ~websocket();
  websocket(const websocket&) = delete;
  websocket& operator=(const websocket&) = delete;

  void receive(std::string_view data);

  /// Says goodbye. Nothing may be sent behind it.
  void close(close_code why, std::string_view reason);

  /// Goodbye has been said, by either side.
  bool is_closed() const noexcept;

  /// What is to be sent, which is forgotten.
  std::string take_output();

private:
  struct events;

  std::unique_ptr<events> events_;
};

} // namespace grapevine::app::http
