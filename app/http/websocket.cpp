#include "app/http/websocket.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <new>
#include <utility>
#include <wslay/wslay.h>

namespace grapevine::app::http {

namespace {

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

ssize_t append(std::string& out, const std::uint8_t* data, std::size_t size) {
  out.append(reinterpret_cast<const char*>(data), size);
  return static_cast<ssize_t>(size);
}

} // namespace

std::string websocket_accept(std::string_view key) {
  const auto text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, 20> hash{};
  ::EVP_Digest(text.data(), text.size(), hash.data(), nullptr, ::EVP_sha1(),
               nullptr);
  // The function writes a zero behind the digits.
  std::array<std::uint8_t, 29> digits{};
  ::EVP_EncodeBlock(digits.data(), hash.data(), hash.size());
  return {digits.begin(), digits.end() - 1};
}

bool is_websocket_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==")
         && std::ranges::all_of(key.substr(0, 22), [](char c) {
              return std::isalnum(static_cast<unsigned char>(c)) != 0
                     || c == '+' || c == '/';
            });
}

void append_text_frame(std::string& out, std::string_view text) {
  wslay_frame_callbacks calls{};
  calls.send_callback = [](const std::uint8_t* data, std::size_t size, int,
                           void* to) {
    return append(*static_cast<std::string*>(to), data, size);
  };
  wslay_frame_context_ptr context = nullptr;
  if (::wslay_frame_context_init(&context, &calls, &out) != 0)
    throw std::bad_alloc{};
  wslay_frame_iocb frame{};
  frame.fin = 1;
  frame.opcode = WSLAY_TEXT_FRAME;
  frame.payload_length = text.size();
  frame.data = octets(text);
  frame.data_length = text.size();
  // It takes all that there is.
  ::wslay_frame_send(context, &frame);
  ::wslay_frame_context_free(context);
}

/// wslay's context, and what its callbacks work with.
struct websocket::events {
  events() {
    wslay_event_callbacks calls{};
    calls.recv_callback = read;
    calls.send_callback = write;
    calls.on_msg_recv_callback = heard;
    if (::wslay_event_context_server_init(&context, &calls, this) != 0)
      throw std::bad_alloc{};
    ::wslay_event_config_set_max_recv_msg_length(context, max_message);
  }

  ~events() { ::wslay_event_context_free(context); }
  events(const events&) = delete;
  events& operator=(const events&) = delete;

  static ssize_t read(wslay_event_context_ptr context, std::uint8_t* to,
                      std::size_t most, int, void* of) {
    auto& input = static_cast<events*>(of)->input;
    if (input.empty()) {
      ::wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const auto size = std::min(most, input.size());
    std::ranges::copy_n(octets(input), static_cast<std::ptrdiff_t>(size), to);
    input.remove_prefix(size);
    return static_cast<ssize_t>(size);
  }

  static ssize_t write(wslay_event_context_ptr, const std::uint8_t* data,
                       std::size_t size, int, void* of) {
    return append(static_cast<events*>(of)->output, data, size);
  }

  static void heard(wslay_event_context_ptr,
                    const wslay_event_on_msg_recv_arg* what, void* of) {
    if (!wslay_is_ctrl_frame(what->opcode))
      static_cast<events*>(of)->close(close_code::unsupported_data,
                                      "this stream takes no messages");
  }

  void close(close_code why, std::string_view reason) {
    ::wslay_event_queue_close(context, static_cast<std::uint16_t>(why),
                              octets(reason), reason.size());
  }

  wslay_event_context_ptr context = nullptr;
  std::string_view input;
  std::string output;
  bool failed = false;
};

websocket::websocket() : events_{std::make_unique<events>()} {}

websocket::~websocket() = default;

void websocket::receive(std::string_view data) {
  events_->input = data;
  // What breaks the protocol it closes itself.
  if (::wslay_event_recv(events_->context) != 0)
    events_->failed = true;
  events_->input = {};
}

void websocket::close(close_code why, std::string_view reason) {
  events_->close(why, reason);
}

bool websocket::is_closed() const noexcept {
  return events_->failed || ::wslay_event_get_close_sent(events_->context) != 0
         || ::wslay_event_get_close_received(events_->context) != 0;
}

std::string websocket::take_output() {
  if (::wslay_event_send(events_->context) != 0)
    events_->failed = true;
  return std::exchange(events_->output, {});
}

} // namespace grapevine::app::http
