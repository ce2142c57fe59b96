#include "app/http/websocket.hpp"
#include "tests/support/websocket_frames.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::http {
namespace {

using test::client_frame;
using test::closing;

TEST_CASE("websocket: the key's answer is RFC 6455's", "[app]") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==")
        == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(is_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
  for (const auto* text :
       {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZQQQ", "dGhl\nHNhbXBsZSBub25jZQ=="})
    CHECK_FALSE(is_websocket_key(text));
}

TEST_CASE("websocket: a text has one frame, as short as it can be", "[app]") {
  std::string out = "before";
  append_text_frame(out, "hello");
  CHECK(out == "before\x81\x05hello");
  out.clear();
  append_text_frame(out, std::string(126, 'a'));
  CHECK(out == "\x81\x7e" + std::string{"\x00\x7e", 2} + std::string(126, 'a'));
  out.clear();
  append_text_frame(out, std::string(70'000, 'a'));
  CHECK(out
        == "\x81\x7f" + std::string{"\x00\x00\x00\x00\x00\x01\x11\x70", 8}
               + std::string(70'000, 'a'));
}

TEST_CASE("websocket: a ping is answered, however it is cut", "[app]") {
  websocket tested;
  const auto ping = client_frame(0x9, "are you there");
  tested.receive(ping + client_frame(0xa, "unasked"));
  CHECK(tested.take_output()
        == "\x8a\x0d"
           "are you there");
  for (const char c : ping) {
    CHECK(tested.take_output().empty());
    tested.receive({&c, 1});
  }
  CHECK(tested.take_output()
        == "\x8a\x0d"
           "are you there");
  CHECK_FALSE(tested.is_closed());
}

TEST_CASE("websocket: goodbye is answered with its code", "[app]") {
  websocket tested;
  tested.receive(client_frame(0x8, "\x03\xe8"));
  CHECK(tested.take_output() == "\x88\x02\x03\xe8");
  CHECK(tested.is_closed());
  // Nothing that follows matters.
  tested.receive(client_frame(0x9, "ping"));
  CHECK(tested.take_output().empty());
}

TEST_CASE("websocket: the server says goodbye once", "[app]") {
  websocket tested;
  tested.close(close_code::going_away, "bye");
  CHECK(tested.take_output() == closing(1001, "bye"));
  CHECK(tested.is_closed());
  tested.close(close_code::internal_error, "again");
  CHECK(tested.take_output().empty());
}

// Of a frame that says goodbye: 0, if it tells none.
int code_of(std::string_view frame) {
  REQUIRE(frame.size() >= 2);
  CHECK(frame[0] == '\x88');
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint8_t>(frame[at]);
  };
  return frame[1] == 0 ? 0 : byte(2) << 8 | byte(3);
}

TEST_CASE("websocket: what a client may not say closes it, with the reason",
          "[app]") {
  const std::string long_text(5'000, 'x');
  const std::vector<std::pair<std::string, int>> attacks{
      // Not masked.
      {"\x89\x01"
       "a",
       1002},
      // Messages, of which there are none; also in pieces.
      {client_frame(0x1, "hello"), 1003},
      {client_frame(0x2, "hello"), 1003},
      {client_frame(0x1, "hel", false) + client_frame(0x0, "lo"), 1003},
      {client_frame(0x1, long_text), 1009},
      {client_frame(0x1, long_text.substr(0, 3'000), false)
           + client_frame(0x0, long_text.substr(0, 3'000)),
       1009},
      // A control frame that is too long or in pieces; a bit or an opcode that
      // has no meaning; a piece of nothing; text that is no UTF-8.
      {client_frame(0x9, long_text.substr(0, 126)), 0},
      {client_frame(0x9, "a", false), 0},
      {"\xf9\x80"
       "abcd",
       1002},
      {client_frame(0x3, "a"), 1002},
      {client_frame(0x0, "a"), 1002},
      {client_frame(0x1, "\xff"), 1007},
      {client_frame(0x8, "\x03"), 0},
      {client_frame(0x8, std::string{"\x00\x01", 2}), 1002},
  };
  for (const auto& [words, code] : attacks) {
    websocket tested;
    tested.receive(words);
    CAPTURE(words.substr(0, 20), code);
    CHECK(code_of(tested.take_output()) == code);
    CHECK(tested.is_closed());
  }
}

} // namespace
} // namespace grapevine::app::http
