#include "libp2p/base/base58.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

TEST_CASE("base58: Bitcoin's vectors", "[libp2p][base58]") {
  const auto [hex, text] = GENERATE(table<const char*, const char*>({
      {"", ""},
      {"61", "2g"},
      {"626262", "a3gV"},
      {"636363", "aPEr"},
      {"73696d706c792061206c6f6e6720737472696e67",
       "2cFupjhnEsSn59qHXstmK2ffpLv2"},
      {"00eb15231dfceb60925886b67d065299925915aeb172c06647",
       "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"},
      {"516b6fcd0f", "ABnLTmg"},
      {"bf4f89001e670274dd", "3SEo3LWLoPntC"},
      {"572e4794", "3EFU7m"},
      {"ecac89cad93923c02321", "EJDM8drfXA6uyA"},
      {"10c8511e", "Rt5zm"},
      {"00000000000000000000", "1111111111"},
  }));
  INFO(hex);
  CHECK(encode_base58(from_hex(hex)) == text);
  CHECK(decode_base58(text) == from_hex(hex));
}

TEST_CASE("base58: what is encoded is decoded, of any length",
          "[libp2p][base58]") {
  std::mt19937 random{42};
  for (std::size_t size = 0; size <= 64; ++size) {
    bytes data(size);
    for (auto& byte : data)
      byte = static_cast<std::uint8_t>(random());
    CHECK(decode_base58(encode_base58(data)) == data);
    // Digits that are all zero, or the highest, within the number.
    std::fill(data.begin() + static_cast<std::ptrdiff_t>(size / 2), data.end(),
              std::uint8_t{0});
    CHECK(decode_base58(encode_base58(data)) == data);
    std::fill(data.begin(), data.end(), std::uint8_t{0xff});
    CHECK(decode_base58(encode_base58(data)) == data);
  }
}

TEST_CASE("base58: letters that look alike are no digits", "[libp2p][base58]") {
  for (const auto* text :
       {"0", "O", "I", "l", "2g ", " 2g", "2+g", "2g\n", "\xc3\xa4"}) {
    INFO(text);
    CHECK_FALSE(decode_base58(text));
  }
  CHECK_FALSE(decode_base58(std::string_view{"2\0g", 3}));
}

TEST_CASE("base58: too long a text is not decoded", "[libp2p][base58]") {
  CHECK(decode_base58(std::string(max_base58_size, '1')));
  CHECK_FALSE(decode_base58(std::string(max_base58_size + 1, '1')));
}
