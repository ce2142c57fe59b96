#include "proto/varint.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("varint: the specification's examples", "[proto][varint]") {
  // multiformats/unsigned-varint.
  const auto [value, hex] = GENERATE(table<std::uint64_t, const char*>({
      {0, "00"},
      {1, "01"},
      {127, "7f"},
      {128, "8001"},
      {255, "ff01"},
      {300, "ac02"},
      {16384, "808001"},
      {0x7fffffffffffffffu, "ffffffffffffffff7f"},
  }));
  INFO(value);
  bytes out;
  append_varint(out, value);
  CHECK(to_hex(out) == hex);
  CHECK(varint_size(value) == out.size());
  const auto read = read_varint(out);
  CHECK(read.value == value);
  CHECK(read.size == out.size());
  CHECK_FALSE(read.malformed);
}

TEST_CASE("varint: every size of number survives", "[proto][varint]") {
  for (unsigned bits = 0; bits < 63; ++bits) {
    for (const std::uint64_t value :
         {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1}) {
      bytes out;
      append_varint(out, value);
      const auto read = read_varint(out);
      CHECK(read.value == value);
      CHECK(read.size == varint_size(value));
    }
  }
}

TEST_CASE("varint: what follows is left alone", "[proto][varint]") {
  const auto read = read_varint(from_hex("ac02ffff"));
  CHECK(read.value == 300);
  CHECK(read.size == 2);
}

TEST_CASE("varint: one that is cut short waits for more", "[proto][varint]") {
  for (const auto* hex : {"", "80", "ffff", "ffffffffffffffff"}) {
    INFO(hex);
    const auto read = read_varint(from_hex(hex));
    CHECK(read.size == 0);
    CHECK_FALSE(read.malformed);
  }
}

TEST_CASE("varint: a longer form than needed is malformed", "[proto][varint]") {
  for (const auto* hex : {"8000", "818000", "ff00", "80808000"}) {
    INFO(hex);
    const auto read = read_varint(from_hex(hex));
    CHECK(read.size == 0);
    CHECK(read.malformed);
  }
}

TEST_CASE("varint: more than nine bytes are malformed", "[proto][varint]") {
  for (const auto* hex :
       {"ffffffffffffffffff", "ffffffffffffffffff01", "80808080808080808001"}) {
    INFO(hex);
    const auto read = read_varint(from_hex(hex));
    CHECK(read.size == 0);
    CHECK(read.malformed);
  }
}

TEST_CASE("varint: it is appended behind what is there", "[proto][varint]") {
  bytes out{0xaa};
  append_varint(out, 300);
  CHECK(to_hex(out) == "aaac02");
}
