#include "libp2p/secure/aead.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string_view>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

TEST_CASE(
    "aead: what is sealed opens, with the same number and associated data",
    "[libp2p][secure]") {
  const auto kind = GENERATE(aead_kind::aes_128_gcm, aead_kind::aes_256_gcm,
                             aead_kind::chacha20_poly1305);
  const bytes key(aead_key_size(kind), 5);
  aead sender{kind, key};
  aead receiver{kind, key};
  const std::string_view text = GENERATE("", "a text");
  auto sealed = to_bytes(as_bytes(text));
  sealed.resize(text.size() + aead::tag_size);
  const aead::nonce number{1, 2, 3};
  REQUIRE(sender.seal(number, as_bytes("head"), sealed));
  bytes opened(text.size() + 1);
  CHECK_FALSE(receiver.open({9}, as_bytes("head"), sealed, opened.data()));
  CHECK_FALSE(receiver.open(number, as_bytes("heat"), sealed, opened.data()));
  REQUIRE(receiver.open(number, as_bytes("head"), sealed, opened.data()));
  opened.resize(text.size());
  CHECK(as_text(opened) == text);
  for (auto& byte : sealed) {
    byte ^= 1;
    bytes place(sealed.size());
    CHECK_FALSE(receiver.open(number, as_bytes("head"), sealed, place.data()));
    byte ^= 1;
  }
}

// AES-GCM's test case 4 (McGrew and Viega), as OpenSSL may be any version.
TEST_CASE("aead: AES-GCM as published", "[libp2p][secure]") {
  aead cipher{aead_kind::aes_128_gcm,
              from_hex("feffe9928665731c6d6a8f9467308308")};
  auto text = from_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c30"
                       "3d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0d"
                       "e657ba637b39");
  text.resize(text.size() + aead::tag_size);
  aead::nonce number{};
  const auto iv = from_hex("cafebabefacedbaddecaf888");
  std::copy(iv.begin(), iv.end(), number.begin());
  REQUIRE(cipher.seal(
      number, from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), text));
  CHECK(to_hex(text)
        == "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
           "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
           "5bc94fbc3221a5db94fae95ae7121a47");
}

TEST_CASE("aead: what is shorter than a tag is none", "[libp2p][secure]") {
  aead cipher{aead_kind::aes_128_gcm, bytes(16)};
  bytes text(aead::tag_size - 1);
  bytes place(1);
  CHECK_FALSE(cipher.seal({}, {}, text));
  CHECK_FALSE(cipher.open({}, {}, text, place.data()));
}

TEST_CASE("aead: a key of another size is refused", "[libp2p][secure]") {
  CHECK_THROWS_AS((aead{aead_kind::aes_256_gcm, bytes(16)}),
                  std::invalid_argument);
}
