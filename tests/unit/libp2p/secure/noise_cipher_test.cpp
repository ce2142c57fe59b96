#include "libp2p/secure/noise_cipher.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

std::array<std::uint8_t, 32> some_key() {
  std::array<std::uint8_t, 32> key{};
  std::iota(key.begin(), key.end(), std::uint8_t{1});
  return key;
}

bytes pattern(std::size_t size) {
  bytes result(size);
  std::iota(result.begin(), result.end(), std::uint8_t{0});
  return result;
}

/// A record with its header, as the reader takes it.
bytes framed(bytes_view body) {
  bytes result{static_cast<std::uint8_t>(body.size() >> 8),
               static_cast<std::uint8_t>(body.size())};
  append(result, body);
  return result;
}

} // namespace

TEST_CASE("a record decrypts to what was encrypted", "[libp2p][noise]") {
  noise_cipher sender{some_key()};
  noise_cipher receiver{some_key()};
  bytes scratch;
  for (std::size_t size : std::initializer_list<std::size_t>{
           0, 1, 15, 16, 17, 64, 1000, 16384, 65519}) {
    auto plaintext = pattern(size);
    bytes wire;
    REQUIRE(sender.encrypt(plaintext, wire));
    REQUIRE(wire.size() == size + 18);
    CHECK((std::size_t{wire[0]} << 8 | wire[1]) == size + 16);
    auto opened = receiver.decrypt(bytes_view{wire}.subspan(2), scratch);
    REQUIRE(opened);
    CHECK(equal(*opened, plaintext));
  }
  CHECK(sender.nonce() == 9);
  CHECK(receiver.nonce() == 9);
}

TEST_CASE("parts are encrypted as one record, after what out held",
          "[libp2p][noise]") {
  auto whole = pattern(300);
  bytes_view view{whole};
  std::array<bytes_view, 4> parts{view.first(12), view.subspan(12, 0),
                                  view.subspan(12, 100), view.subspan(112)};
  noise_cipher one{some_key()};
  noise_cipher several{some_key()};
  bytes expected_wire{9, 9};
  bytes wire{9, 9};
  REQUIRE(one.encrypt(whole, expected_wire));
  REQUIRE(several.encrypt(parts, wire));
  CHECK(wire == expected_wire);
}

TEST_CASE("an oversized plaintext leaves out and nonce alone",
          "[libp2p][noise]") {
  noise_cipher cipher{some_key()};
  bytes wire{7};
  auto sealed = cipher.encrypt(pattern(65520), wire);
  CHECK(error_of(sealed) == noise_error::too_large);
  CHECK(wire == bytes{7});
  CHECK(cipher.nonce() == 0);
}

TEST_CASE("a record decrypts in its own place", "[libp2p][noise]") {
  noise_cipher sender{some_key()};
  noise_cipher receiver{some_key()};
  auto plaintext = pattern(5000);
  bytes wire;
  REQUIRE(sender.encrypt(plaintext, wire));
  auto opened = receiver.decrypt_in_place(std::span{wire}.subspan(2));
  REQUIRE(opened);
  CHECK(equal(*opened, plaintext));
  CHECK(opened->data() == wire.data() + 2);
}

TEST_CASE("a record that was tampered with does not open", "[libp2p][noise]") {
  noise_cipher sender{some_key()};
  bytes wire;
  REQUIRE(sender.encrypt(pattern(40), wire));
  bytes scratch;
  for (std::size_t i = 2; i < wire.size(); ++i) {
    auto forged = wire;
    forged[i] ^= 0x40;
    noise_cipher receiver{some_key()};
    auto opened = receiver.decrypt(bytes_view{forged}.subspan(2), scratch);
    CHECK(error_of(opened) == noise_error::bad_tag);
    CHECK(receiver.nonce() == 0);
    // The true one still opens: nothing was lost.
    CHECK(receiver.decrypt(bytes_view{wire}.subspan(2), scratch));
  }
}

TEST_CASE("a repeated, reordered or foreign record does not open",
          "[libp2p][noise]") {
  noise_cipher sender{some_key()};
  noise_cipher receiver{some_key()};
  bytes first;
  bytes second;
  bytes scratch;
  REQUIRE(sender.encrypt(pattern(10), first));
  REQUIRE(sender.encrypt(pattern(10), second));
  CHECK_FALSE(receiver.decrypt(bytes_view{second}.subspan(2), scratch));
  CHECK(receiver.decrypt(bytes_view{first}.subspan(2), scratch));
  CHECK_FALSE(receiver.decrypt(bytes_view{first}.subspan(2), scratch));
  noise_cipher other{std::array<std::uint8_t, 32>{}};
  CHECK_FALSE(other.decrypt(bytes_view{first}.subspan(2), scratch));
}

TEST_CASE("a record shorter than its tag is malformed", "[libp2p][noise]") {
  noise_cipher receiver{some_key()};
  bytes scratch;
  for (std::size_t size : std::initializer_list<std::size_t>{0, 1, 15}) {
    auto opened = receiver.decrypt(pattern(size), scratch);
    CHECK(error_of(opened) == noise_error::malformed);
  }
}

TEST_CASE("the last nonce is never used", "[libp2p][noise]") {
  auto last = std::numeric_limits<std::uint64_t>::max() - 1;
  noise_cipher sender{some_key(), last};
  noise_cipher receiver{some_key(), last};
  bytes wire;
  bytes scratch;
  REQUIRE(sender.encrypt(pattern(3), wire));
  REQUIRE(receiver.decrypt(bytes_view{wire}.subspan(2), scratch));
  auto before = wire;
  auto sealed = sender.encrypt(pattern(3), wire);
  CHECK(error_of(sealed) == noise_error::nonce_exhausted);
  CHECK(wire == before);
  auto opened = receiver.decrypt(bytes_view{wire}.subspan(2), scratch);
  CHECK(error_of(opened) == noise_error::nonce_exhausted);
}

TEST_CASE("the scratch buffer is allocated once", "[libp2p][noise]") {
  noise_cipher sender{some_key()};
  noise_cipher receiver{some_key()};
  bytes scratch;
  const std::uint8_t* place = nullptr;
  for (std::size_t size :
       std::initializer_list<std::size_t>{4000, 10, 3000, 4000}) {
    bytes wire;
    REQUIRE(sender.encrypt(pattern(size), wire));
    auto opened = receiver.decrypt(bytes_view{wire}.subspan(2), scratch);
    REQUIRE(opened);
    if (place == nullptr)
      place = opened->data();
    CHECK(opened->data() == place);
  }
}

TEST_CASE("secrets are wiped when moved away", "[libp2p][noise]") {
  secret32 from{some_key()};
  auto old_place = from.view();
  secret32 to{std::move(from)};
  auto zero = [](std::uint8_t b) { return b == 0; };
  CHECK(std::all_of(old_place.begin(), old_place.end(), zero));
  CHECK(std::ranges::equal(to.view(), some_key()));
}

TEST_CASE("records are cut at any chunking", "[libp2p][noise]") {
  std::vector<bytes> records{pattern(0), pattern(1), pattern(300), pattern(17)};
  bytes stream;
  for (const auto& record : records)
    append(stream, framed(record));
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    noise_record_reader reader;
    std::vector<bytes> found;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      auto chunk =
          bytes_view{stream}.subspan(at, std::min(step, stream.size() - at));
      auto record = reader.next(chunk);
      for (; record && *record; record = reader.next(chunk))
        found.push_back(to_bytes(**record));
      REQUIRE(record);
      REQUIRE(chunk.empty());
    }
    REQUIRE(found == records);
    CHECK(reader.buffered() == 0);
  }
}

TEST_CASE("a record that lies whole in its chunk is not copied",
          "[libp2p][noise]") {
  auto stream = framed(pattern(100));
  append(stream, framed(pattern(50)));
  noise_record_reader reader;
  bytes_view chunk{stream};
  auto first = reader.next(chunk);
  REQUIRE((first && *first));
  CHECK((*first)->data() == stream.data() + 2);
  auto second = reader.next(chunk);
  REQUIRE((second && *second));
  CHECK((*second)->data() == stream.data() + 104);
}

TEST_CASE("a record beyond the limit stops the reader", "[libp2p][noise]") {
  auto whole = framed(pattern(101));
  for (auto split : {std::size_t{1}, whole.size()}) {
    noise_record_reader reader{100};
    auto first = bytes_view{whole}.first(split);
    auto rest = bytes_view{whole}.subspan(split);
    auto record = reader.next(first);
    if (record)
      record = reader.next(rest);
    CHECK(error_of(record) == noise_error::too_large);
  }
}

TEST_CASE("an announced record takes no memory before it arrives",
          "[libp2p][noise]") {
  noise_record_reader reader;
  bytes start{0xff, 0xff, 1};
  bytes_view chunk{start};
  REQUIRE(reader.next(chunk));
  CHECK(reader.buffered() == 3);
  reader.shrink();
  CHECK(reader.buffered() == 3);
}
