#include "libp2p/mux/yamux_frame.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace grapevine;
using namespace grapevine::libp2p;

TEST_CASE("a yamux header is twelve big-endian bytes", "[yamux]") {
  const yamux_header header{yamux_type::window_update,
                            yamux_flag::syn | yamux_flag::rst, 0x01020304,
                            0xA0B0C0D0};
  bytes encoded;
  append_yamux_header(encoded, header);
  CHECK(encoded == bytes{0, 1, 0, 9, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0});
  const auto decoded =
      decode_yamux_header(bytes_view{encoded}.first<yamux_header_size>());
  REQUIRE(decoded);
  CHECK(*decoded == header);
}

TEST_CASE("a yamux header of another version or type is an error", "[yamux]") {
  std::array<std::uint8_t, yamux_header_size> raw{};
  raw[0] = 1;
  CHECK(error_of(decode_yamux_header(raw))
        == yamux_header_error::wrong_version);
  raw[0] = 0;
  raw[1] = 4;
  CHECK(error_of(decode_yamux_header(raw)) == yamux_header_error::unknown_type);
}

TEST_CASE("unknown yamux flags are kept and ignored", "[yamux]") {
  std::array<std::uint8_t, yamux_header_size> raw{};
  raw[2] = 0x80;
  raw[3] = 0x10;
  const auto header = decode_yamux_header(raw);
  REQUIRE(header);
  CHECK_FALSE(header->has(yamux_flag::syn));
  CHECK_FALSE(header->has(yamux_flag::rst));
}
