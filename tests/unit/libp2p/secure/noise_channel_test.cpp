#include "libp2p/secure/noise_channel.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

constexpr std::array<std::uint8_t, 32> there{1};
constexpr std::array<std::uint8_t, 32> back{2};

noise_channel dialers() {
  return {noise_cipher{there}, noise_cipher{back}};
}

noise_channel listeners() {
  return {noise_cipher{back}, noise_cipher{there}};
}

bytes sealed(noise_channel& by, bytes_view plaintext) {
  bytes result;
  REQUIRE(by.encrypt(std::span{&plaintext, 1}, result));
  return result;
}

/// All plaintexts of `chunk`, whose memory may be overwritten if `in_place`.
std::vector<std::string> opened(noise_channel& by, bytes& chunk,
                                bool in_place) {
  std::vector<std::string> result;
  bytes_view rest{chunk};
  const auto writable = in_place ? std::span{chunk} : std::span<std::uint8_t>{};
  while (const auto plaintext = by.next(rest, writable).value()) {
    const auto lies_in_chunk =
        plaintext->data() >= chunk.data()
        && plaintext->data() < chunk.data() + chunk.size();
    CHECK(lies_in_chunk == in_place);
    result.emplace_back(as_text(*plaintext));
  }
  CHECK(rest.empty());
  return result;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("noise channel: records that lie whole in the caller's memory",
          "[libp2p][noise]") {
  const bool in_place = GENERATE(false, true);
  auto dialer = dialers();
  auto listener = listeners();
  auto chunk = sealed(dialer, as_bytes("one"));
  append(chunk, sealed(dialer, as_bytes("two")));
  const auto before = chunk;
  CHECK(opened(listener, chunk, in_place) == texts{"one", "two"});
  CHECK((chunk == before) == !in_place);
  auto answer = sealed(listener, as_bytes("three"));
  CHECK(opened(dialer, answer, in_place) == texts{"three"});
}

TEST_CASE("noise channel: a record in pieces leaves the caller's memory alone",
          "[libp2p][noise]") {
  auto dialer = dialers();
  auto listener = listeners();
  const auto record = sealed(dialer, as_bytes("in pieces"));
  for (std::size_t i = 0; i < record.size(); ++i) {
    bytes piece{record[i]};
    bytes_view rest{piece};
    const auto plaintext = listener.next(rest, piece);
    REQUIRE(plaintext);
    CHECK(piece == bytes{record[i]});
    CHECK(rest.empty());
    CHECK(plaintext->has_value() == (i + 1 == record.size()));
    if (plaintext->has_value())
      CHECK(as_text(**plaintext) == "in pieces");
  }
}

TEST_CASE("noise channel: giving memory back loses no record under way",
          "[libp2p][noise]") {
  auto dialer = dialers();
  auto listener = listeners();
  const std::string text(20'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto record = sealed(dialer, as_bytes(text));
    auto half = to_bytes(bytes_view{record}.first(10'000));
    auto rest = to_bytes(bytes_view{record}.subspan(10'000));
    CHECK(opened(listener, half, false).empty());
    listener.shrink();
    CHECK(opened(listener, rest, false) == texts{text});
    listener.shrink();
  }
}

TEST_CASE("noise channel: a record of another key is refused",
          "[libp2p][noise]") {
  auto dialer = dialers();
  auto record = sealed(dialer, as_bytes("mine"));
  bytes_view rest{record};
  CHECK(error_of(dialer.next(rest, {})) == secure_error::bad_record);
}

TEST_CASE("noise channel: a record holds as much as it says",
          "[libp2p][noise]") {
  auto dialer = dialers();
  CHECK(dialer.max_plaintext() == 65'519);
  const bytes most(dialer.max_plaintext(), 1);
  CHECK(sealed(dialer, most).size() == most.size() + 18);
  const bytes more(dialer.max_plaintext() + 1, 1);
  const bytes_view part{more};
  bytes out{9};
  CHECK(error_of(dialer.encrypt(std::span{&part, 1}, out))
        == secure_error::cannot_encrypt);
  CHECK(out == bytes{9});
}

TEST_CASE("noise channel: without a nonce nothing is encrypted",
          "[libp2p][noise]") {
  constexpr auto last = std::numeric_limits<std::uint64_t>::max();
  noise_channel spent{noise_cipher{there, last}, noise_cipher{back}};
  const auto text = as_bytes("too late");
  bytes out;
  CHECK(error_of(spent.encrypt(std::span{&text, 1}, out))
        == secure_error::cannot_encrypt);
  CHECK(out.empty());
}
