#include "libp2p/base/multibase.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

TEST_CASE("multibase: the specification's vectors", "[libp2p][multibase]") {
  // multiformats/multibase, tests/: basic and leading zeros.
  const auto [hex, text] = GENERATE(table<const char*, const char*>({
      {"796573206d616e692021", "f796573206d616e692021"},
      {"796573206d616e692021", "bpfsxgidnmfxgsibb"},
      {"796573206d616e692021", "k2lcpzo5yikidynfl"},
      {"796573206d616e692021", "z7paNL19xttacUY"},
      {"796573206d616e692021", "ueWVzIG1hbmkgIQ"},
      {"00796573206d616e692021", "f00796573206d616e692021"},
      {"00796573206d616e692021", "bab4wk4zanvqw42jaee"},
      {"00796573206d616e692021", "k02lcpzo5yikidynfl"},
      {"00796573206d616e692021", "z17paNL19xttacUY"},
      {"00796573206d616e692021", "uAHllcyBtYW5pICE"},
      {"0000796573206d616e692021", "f0000796573206d616e692021"},
      {"0000796573206d616e692021", "baaahszltebwwc3tjeaqq"},
      {"0000796573206d616e692021", "k002lcpzo5yikidynfl"},
      {"0000796573206d616e692021", "z117paNL19xttacUY"},
      {"0000796573206d616e692021", "uAAB5ZXMgbWFuaSAh"},
  }));
  INFO(text);
  const auto base = static_cast<multibase>(text[0]);
  CHECK(encode_multibase(base, from_hex(hex)) == text);
  CHECK(decode_multibase(text) == from_hex(hex));
}

TEST_CASE("multibase: bases of one case read both", "[libp2p][multibase]") {
  const auto hello = to_bytes(as_bytes("hello world"));
  for (const auto* text : {"f68656c6c6f20776F726C64", "F68656c6c6f20776F726C64",
                           "bnbswy3dpeB3W64TMMQ", "Bnbswy3dpeB3W64TMMQ",
                           "kfUvrsIvVnfRbjWaJo", "KfUVrSIVVnFRbJWAJo"}) {
    INFO(text);
    CHECK(decode_multibase(text) == hello);
  }
}

TEST_CASE("multibase: every length of input survives", "[libp2p][multibase]") {
  const auto base =
      GENERATE(multibase::base16, multibase::base32, multibase::base36,
               multibase::base58btc, multibase::base64url);
  bytes data;
  for (unsigned size = 0; size < 48; ++size) {
    CHECK(decode_multibase(encode_multibase(base, data)) == data);
    data.push_back(static_cast<std::uint8_t>(size * 37));
  }
}

TEST_CASE("multibase: malformed texts are refused", "[libp2p][multibase]") {
  for (const auto* text : {"",                   // no base
                           "x00", "m aGk", "09", // bases that are not known
                           "f0", "f0g",          // half a byte, no digit
                           "ba", "baaa",         // bits that make no byte
                           "bab", "uAB",         // bits that belong to no byte
                           "bpfsxgidnmfxgsibb=", // padding
                           "b1", "k-", "z0", "u+", "u/"}) {
    INFO(text);
    CHECK_FALSE(decode_multibase(text));
  }
}

TEST_CASE("multibase: too long a text is not decoded", "[libp2p][multibase]") {
  CHECK(decode_multibase("k" + std::string(max_multibase_size - 1, '0')));
  CHECK_FALSE(decode_multibase("k" + std::string(max_multibase_size, '0')));
}
