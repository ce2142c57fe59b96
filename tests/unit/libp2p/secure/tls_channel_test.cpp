#include "libp2p/secure/tls_channel.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

tls_cipher cipher_of(std::uint8_t secret) {
  return {*tls_suite_of(0x1301), secret_bytes{bytes(32, secret)}};
}

tls_channel dialers(std::uint64_t key_records = tls_channel::max_records) {
  return {cipher_of(1), cipher_of(2), key_records};
}

tls_channel listeners() {
  return {cipher_of(2), cipher_of(1)};
}

/// What a dialer may say that this code never does.
struct odd_dialer {
  bytes say(tls_content type, bytes_view content) {
    bytes out;
    REQUIRE(cipher.seal(type, {&content, 1}, out));
    return out;
  }
  bytes handshake(const bytes& message) {
    return say(tls_content::handshake, message);
  }

  tls_cipher cipher = cipher_of(1);
};

bytes sealed(tls_channel& by, bytes_view plaintext) {
  bytes result;
  REQUIRE(by.encrypt(std::span{&plaintext, 1}, result));
  return result;
}

/// All plaintexts of `chunk`, whose memory may be overwritten if `in_place`.
std::vector<std::string> opened(tls_channel& by, bytes& chunk, bool in_place) {
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

/// What the channel says of these records: nothing if all is well.
std::optional<secure_error> verdict(tls_channel& by, bytes_view wire) {
  for (;;) {
    const auto result = by.next(wire, {});
    if (!result)
      return result.error();
    if (!result->has_value())
      return std::nullopt;
  }
}

constexpr std::uint8_t ticket = 4;
constexpr std::uint8_t key_update = 24;

} // namespace

TEST_CASE("tls channel: records that lie whole in the caller's memory",
          "[libp2p][tls]") {
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

TEST_CASE("tls channel: a record in pieces leaves the caller's memory alone",
          "[libp2p][tls]") {
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

TEST_CASE("tls channel: giving memory back loses no record under way",
          "[libp2p][tls]") {
  auto dialer = dialers();
  auto listener = listeners();
  const std::string text(16'000, 'x');
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

TEST_CASE("tls channel: what does not authenticate ends it for good",
          "[libp2p][tls]") {
  auto dialer = dialers();
  auto listener = listeners();
  auto record = sealed(dialer, as_bytes("mine"));
  record.back() ^= 1;
  CHECK(verdict(listener, record) == secure_error::bad_record);
  record.back() ^= 1;
  CHECK(verdict(listener, record) == secure_error::bad_record);
}

TEST_CASE("tls channel: a record holds as much as it says", "[libp2p][tls]") {
  auto dialer = dialers();
  CHECK(dialer.max_plaintext() == 16'384);
  const bytes more(dialer.max_plaintext() + 1, 1);
  const bytes_view part{more};
  bytes out{9};
  CHECK(error_of(dialer.encrypt(std::span{&part, 1}, out))
        == secure_error::cannot_encrypt);
  CHECK(out == bytes{9});
  auto listener = listeners();
  const bytes header{23, 3, 3, 0x41, 1}; // one more than a record may have
  CHECK(verdict(listener, header) == secure_error::bad_record);
}

TEST_CASE("tls channel: what was not encrypted is refused", "[libp2p][tls]") {
  auto listener = listeners();
  const bytes plain_alert{21, 3, 3, 0, 2, 1, 0};
  CHECK(verdict(listener, plain_alert) == secure_error::bad_record);
  auto other = listeners();
  const bytes change_cipher_spec{20, 3, 3, 0, 1, 1};
  CHECK(verdict(other, change_cipher_spec) == secure_error::bad_record);
}

TEST_CASE("tls channel: records without data are bounded, between data",
          "[libp2p][tls]") {
  odd_dialer dialer;
  auto listener = listeners();
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < tls_channel::max_useless_records; ++i)
      CHECK_FALSE(
          verdict(listener, dialer.say(tls_content::application_data, {})));
    CHECK_FALSE(verdict(
        listener, dialer.say(tls_content::application_data, as_bytes("x"))));
  }
  for (std::size_t i = 0; i < tls_channel::max_useless_records; ++i)
    CHECK_FALSE(verdict(listener, dialer.handshake({ticket, 0, 0, 1, 7})));
  CHECK(verdict(listener, dialer.handshake({ticket, 0, 0, 1, 7}))
        == secure_error::bad_record);
}

TEST_CASE("tls channel: session tickets are passed over, also in pieces",
          "[libp2p][tls]") {
  odd_dialer dialer;
  auto listener = listeners();
  bytes two{ticket, 0, 0, 3, 1, 2, 3, ticket, 0, 0, 0, ticket};
  CHECK_FALSE(verdict(listener, dialer.handshake(two)));
  CHECK_FALSE(verdict(listener, dialer.handshake({0, 0, 2, 1})));
  CHECK_FALSE(verdict(listener, dialer.handshake({2})));
  auto data = dialer.say(tls_content::application_data, as_bytes("data"));
  CHECK(opened(listener, data, true) == texts{"data"});
  CHECK(verdict(listener, dialer.handshake({ticket, 0, 0x40, 1}))
        == secure_error::bad_record);
}

TEST_CASE("tls channel: nothing comes between the pieces of a message",
          "[libp2p][tls]") {
  odd_dialer dialer;
  auto listener = listeners();
  CHECK_FALSE(verdict(listener, dialer.handshake({ticket, 0, 0})));
  const auto type = GENERATE(tls_content::application_data, tls_content::alert);
  CHECK(verdict(listener, dialer.say(type, bytes{1, 0}))
        == secure_error::bad_record);
}

TEST_CASE("tls channel: a new key of the other side, and its wish for ours",
          "[libp2p][tls]") {
  odd_dialer dialer;
  auto listener = listeners();
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(verdict(listener, dialer.handshake({key_update, 0, 0, 1, 1})));
    dialer.cipher.update();
  }
  auto data = dialer.say(tls_content::application_data, as_bytes("new key"));
  CHECK(opened(listener, data, false) == texts{"new key"});
  // Wished for three times, it comes once, before the next data.
  auto reader = cipher_of(2);
  const auto answer = sealed(listener, as_bytes("answer"));
  bytes place(answer.size());
  constexpr std::size_t update_size = 5 + 5 + 1 + 16;
  const auto update =
      reader.open(bytes_view{answer}.first(update_size), place.data());
  REQUIRE(update);
  CHECK(update->type == tls_content::handshake);
  CHECK(to_bytes(update->content) == bytes{key_update, 0, 0, 1, 0});
  reader.update();
  const auto rest =
      reader.open(bytes_view{answer}.subspan(update_size), place.data());
  REQUIRE(rest);
  CHECK(as_text(rest->content) == "answer");
}

TEST_CASE("tls channel: new keys are bounded by the records between them",
          "[libp2p][tls]") {
  odd_dialer dialer;
  auto listener = listeners();
  const auto data = [&] {
    return dialer.say(tls_content::application_data, as_bytes("x"));
  };
  const auto update = [&] {
    const auto said =
        verdict(listener, dialer.handshake({key_update, 0, 0, 1, 0}));
    dialer.cipher.update();
    return said;
  };
  for (std::uint64_t i = 0; i < tls_channel::records_per_update; ++i)
    CHECK_FALSE(verdict(listener, data()));
  for (std::uint64_t i = 0; i < tls_channel::max_key_updates + 1; ++i) {
    CHECK_FALSE(update());
    CHECK_FALSE(verdict(listener, data()));
  }
  CHECK(update() == secure_error::bad_record);
}

TEST_CASE("tls channel: what is no message that may come is refused",
          "[libp2p][tls]") {
  const auto message = GENERATE(bytes{}, bytes{key_update, 0, 0, 1, 2},
                                bytes{key_update, 0, 0, 0},
                                bytes{key_update, 0, 0, 1, 0, ticket},
                                bytes{13, 0, 0, 1, 0}, // CertificateRequest
                                bytes{1, 0, 0, 1, 0}); // ClientHello
  odd_dialer dialer;
  auto listener = listeners();
  CHECK(verdict(listener, dialer.handshake(message))
        == secure_error::bad_record);
}

TEST_CASE("tls channel: a key encrypts so many records, then there is another",
          "[libp2p][tls]") {
  auto dialer = dialers(3);
  auto listener = listeners();
  for (int i = 0; i < 20; ++i) {
    auto record = sealed(dialer, as_bytes("data"));
    CHECK((record.size() > 30) == (i > 0 && i % 3 == 0));
    CHECK(opened(listener, record, true) == texts{"data"});
  }
}

TEST_CASE("tls channel: the end is said once, and heard", "[libp2p][tls]") {
  auto dialer = dialers();
  auto listener = listeners();
  auto wire = sealed(dialer, as_bytes("last"));
  dialer.finish(wire);
  const auto size = wire.size();
  dialer.finish(wire);
  CHECK(wire.size() == size);
  bytes_view rest{wire};
  CHECK(as_text(*listener.next(rest, {}).value()) == "last");
  CHECK(error_of(listener.next(rest, {})) == secure_error::ended);
  // What comes behind it is none of the connection's.
  CHECK(verdict(listener, as_bytes("anything")) == secure_error::ended);
}

TEST_CASE("tls channel: alerts", "[libp2p][tls]") {
  odd_dialer dialer;
  auto listener = listeners();
  const bytes bad_certificate{2, 42};
  SECTION("before anything else, the handshake was refused") {
    CHECK(verdict(listener, dialer.say(tls_content::alert, bad_certificate))
          == secure_error::bad_handshake);
  }
  SECTION("later, the other side has ended") {
    CHECK_FALSE(verdict(
        listener, dialer.say(tls_content::application_data, as_bytes("x"))));
    CHECK(verdict(listener, dialer.say(tls_content::alert, bad_certificate))
          == secure_error::ended);
  }
  SECTION("user_canceled is followed by close_notify") {
    CHECK_FALSE(
        verdict(listener, dialer.say(tls_content::alert, bytes{1, 90})));
    CHECK(verdict(listener, dialer.say(tls_content::alert, bytes{1, 0}))
          == secure_error::ended);
  }
  SECTION("one that is not two bytes is none") {
    CHECK(verdict(listener, dialer.say(tls_content::alert, bytes{1}))
          == secure_error::bad_record);
  }
}
