#include "libp2p/secure/tls_cipher.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

constexpr std::uint16_t aes_128 = 0x1301;
constexpr std::uint16_t aes_256 = 0x1302;
constexpr std::uint16_t chacha = 0x1303;

std::size_t hash_size(std::uint16_t suite) {
  return suite == aes_256 ? 48 : 32;
}

tls_cipher cipher_of(std::uint16_t suite, std::uint8_t secret = 1) {
  return {*tls_suite_of(suite), secret_bytes{bytes(hash_size(suite), secret)}};
}

bytes sealed(tls_cipher& by, bytes_view text,
             tls_content type = tls_content::application_data) {
  bytes out;
  REQUIRE(by.seal(type, {&text, 1}, out));
  return out;
}

std::optional<std::string> opened(tls_cipher& by, bytes_view record) {
  bytes place(record.size());
  const auto result = by.open(record, place.data());
  if (!result)
    return std::nullopt;
  return std::string{as_text(result->content)};
}

} // namespace

// RFC 8448, 3: the secret, and what the client sends under it.
TEST_CASE("tls cipher: records as in RFC 8448", "[libp2p][tls]") {
  const auto secret = from_hex(
      "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
  tls_cipher client{*tls_suite_of(aes_128), secret_bytes{secret}};
  bytes payload;
  for (std::uint8_t i = 0; i < 50; ++i)
    payload.push_back(i);
  CHECK(to_hex(sealed(client, payload))
        == "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b"
           "9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aee"
           "bb21694915e4");
  const bytes close_notify{1, 0};
  CHECK(to_hex(sealed(client, close_notify, tls_content::alert))
        == "1703030013c9872760655666b74d7ff1153efd6db6d0b0e3");
  CHECK(client.records() == 2);
}

TEST_CASE("tls cipher: what one seals the other opens", "[libp2p][tls]") {
  const auto suite = GENERATE(aes_128, aes_256, chacha);
  auto sender = cipher_of(suite);
  auto receiver = cipher_of(suite);
  for (const auto* text : {"one", "", "three"}) {
    const auto record = sealed(sender, as_bytes(text));
    CHECK(opened(receiver, record) == text);
  }
  sender.update();
  const auto later = sealed(sender, as_bytes("later"));
  CHECK_FALSE(opened(receiver, later));
  receiver.update();
  CHECK(opened(receiver, later) == "later");
  CHECK(sender.records() == 1);
}

TEST_CASE("tls cipher: several parts are one record", "[libp2p][tls]") {
  auto one = cipher_of(aes_128);
  auto several = cipher_of(aes_128);
  bytes out{7};
  const std::array parts{as_bytes("par"), as_bytes(""), as_bytes("ts")};
  REQUIRE(several.seal(tls_content::application_data, parts, out));
  CHECK(out.front() == 7);
  CHECK(equal(bytes_view{out}.subspan(1), sealed(one, as_bytes("parts"))));
}

TEST_CASE("tls cipher: a record opens in its own place", "[libp2p][tls]") {
  auto sender = cipher_of(chacha);
  auto receiver = cipher_of(chacha);
  auto record = sealed(sender, as_bytes("here"));
  const auto result =
      receiver.open(record, record.data() + tls_cipher::header_size);
  REQUIRE(result);
  CHECK(result->content.data() == record.data() + tls_cipher::header_size);
  CHECK(as_text(result->content) == "here");
}

TEST_CASE("tls cipher: what was changed does not open", "[libp2p][tls]") {
  auto sender = cipher_of(aes_128);
  auto record = sealed(sender, as_bytes("text"));
  for (auto& byte : record) {
    byte ^= 0x10;
    auto receiver = cipher_of(aes_128);
    CHECK_FALSE(opened(receiver, record));
    CHECK(receiver.records() == 0);
    byte ^= 0x10;
  }
  auto stranger = cipher_of(aes_128, 2);
  CHECK_FALSE(opened(stranger, record));
  auto again = cipher_of(aes_128);
  CHECK(opened(again, record) == "text");
  CHECK_FALSE(opened(again, record)); // a number is used once
}

TEST_CASE("tls cipher: a record holds 16 KiB", "[libp2p][tls]") {
  auto sender = cipher_of(aes_128);
  const bytes most(tls_cipher::max_plaintext, 1);
  CHECK(sealed(sender, most).size() == most.size() + 22);
  const bytes more(most.size() + 1, 1);
  const bytes_view part{more};
  bytes out{3};
  CHECK_FALSE(sender.seal(tls_content::application_data, {&part, 1}, out));
  CHECK(out == bytes{3});
}

TEST_CASE("tls cipher: only suites of TLS 1.3 with 16 bytes of tag",
          "[libp2p][tls]") {
  CHECK_FALSE(tls_suite_of(0));
  CHECK_FALSE(tls_suite_of(0x1304));
  CHECK_FALSE(tls_suite_of(0x1305)); // a tag of 8 bytes
  CHECK_FALSE(tls_suite_of(0xc02f)); // TLS 1.2
}
