// Channels whose other side is all OpenSSL's, and may do what this code does
// not.
#include "libp2p/secure/tls_channel.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/tls_peer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

/// A channel, and the peer at its other end.
class connection {
public:
  explicit connection(role ours = role::listener,
                      std::uint64_t key_records = tls_channel::max_records)
      : ctx_{make_peer_context(own_, {}, alpn_)}, peer{ours == role::dialer
                                                           ? role::listener
                                                           : role::dialer,
                                                       own_} {
    auto link = std::make_unique<tls_link>(ctx_.get());
    if (ours == role::dialer)
      SSL_set_connect_state(link->ssl());
    else
      SSL_set_accept_state(link->ssl());
    for (int i = 0; i < 4; ++i) {
      const auto said = peer.take();
      bytes_view in{said};
      bytes out;
      link->call(in, out, SSL_do_handshake);
      peer.feed(out);
    }
    REQUIRE(peer.done());
    channel.emplace(std::move(link), key_records);
  }

  /// Records of the peer.
  bytes said(std::string_view text) {
    peer.write(text);
    return peer.take();
  }

  /// The peer takes a new key, and says so.
  bytes new_key(bool ours_too = false) {
    SSL_key_update(peer.ssl(), ours_too ? SSL_KEY_UPDATE_REQUESTED
                                        : SSL_KEY_UPDATE_NOT_REQUESTED);
    SSL_do_handshake(peer.ssl());
    return peer.take();
  }

  bytes sealed(std::string_view text) {
    bytes result;
    const auto part = as_bytes(text);
    REQUIRE(channel->encrypt({&part, 1}, result));
    return result;
  }

  /// What the peer reads of that.
  std::string read(bytes_view wire) {
    peer.feed(wire);
    return peer.read();
  }

private:
  tls_certificate own_ = odd_certificate(numbered_identity(9)->key());
  bytes alpn_;
  detail::openssl_ptr<SSL_CTX> ctx_;

public:
  tls_peer peer;
  std::optional<tls_channel> channel;
};

/// What the channel makes of these bytes, and how it ends if it does.
struct outcome {
  std::string text;
  std::optional<secure_error> error;
};

outcome open(tls_channel& by, bytes_view wire, std::size_t step = 70'000) {
  outcome result;
  while (!wire.empty() && !result.error) {
    auto chunk = wire.first(std::min(step, wire.size()));
    wire = wire.subspan(chunk.size());
    for (;;) {
      const auto plaintext = by.next(chunk, {});
      if (!plaintext) {
        result.error = plaintext.error();
        break;
      }
      if (!plaintext->has_value())
        break;
      result.text += as_text(**plaintext);
    }
    CHECK((result.error || chunk.empty()));
  }
  return result;
}

} // namespace

TEST_CASE("tls channel: data in both directions, however they are cut",
          "[libp2p][tls]") {
  connection with{GENERATE(role::dialer, role::listener)};
  const auto step =
      GENERATE(std::size_t{1}, std::size_t{1000}, std::size_t{70'000});
  const auto size =
      GENERATE(std::size_t{1}, std::size_t{16'384}, std::size_t{50'000});
  const std::string text(size, 'x');
  CHECK(open(*with.channel, with.said(text), step).text == text);
  CHECK(with.read(with.sealed(text.substr(0, 16'384)))
        == text.substr(0, 16'384));
}

TEST_CASE("tls channel: parts make one record", "[libp2p][tls]") {
  connection with;
  const std::array parts{as_bytes("one"), as_bytes(""), as_bytes("two")};
  bytes out{9};
  REQUIRE(with.channel->encrypt(parts, out));
  CHECK(out.front() == 9);
  constexpr std::size_t overhead = 5 + 1 + 16;
  CHECK(out.size() == 1 + overhead + 6);
  CHECK(with.read(bytes_view{out}.subspan(1)) == "onetwo");
}

TEST_CASE("tls channel: giving memory back loses no record under way",
          "[libp2p][tls]") {
  connection with;
  const std::string text(16'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto record = with.said(text);
    const bytes_view wire{record};
    CHECK(open(*with.channel, wire.first(10'000)).text.empty());
    with.channel->shrink();
    CHECK(open(*with.channel, wire.subspan(10'000)).text == text);
    with.channel->shrink();
  }
}

TEST_CASE("tls channel: what does not authenticate ends it for good",
          "[libp2p][tls]") {
  connection with;
  auto record = with.said("mine");
  record.back() ^= 1;
  CHECK(open(*with.channel, record).error == secure_error::bad_record);
  record.back() ^= 1;
  CHECK(open(*with.channel, record).error == secure_error::bad_record);
  // The other side hears why.
  bytes out;
  with.channel->finish(out);
  with.peer.feed(out);
  char none = 0;
  CHECK(SSL_read(with.peer.ssl(), &none, 1) <= 0);
  CHECK(ERR_GET_REASON(ERR_peek_error()) == SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
  ERR_clear_error();
}

TEST_CASE("tls channel: a record holds as much as it says", "[libp2p][tls]") {
  connection with;
  CHECK(with.channel->max_plaintext() == 16'384);
  const bytes more(with.channel->max_plaintext() + 1, 1);
  const bytes_view part{more};
  bytes out{9};
  CHECK(error_of(with.channel->encrypt({&part, 1}, out))
        == secure_error::cannot_encrypt);
  CHECK(out == bytes{9});
  const bytes header{23, 3, 3, 0x41, 1}; // one more than a record may have
  CHECK(open(*with.channel, header).error == secure_error::bad_record);
}

TEST_CASE("tls channel: what was not encrypted is refused", "[libp2p][tls]") {
  connection with;
  const auto record =
      GENERATE(bytes{21, 3, 3, 0, 2, 1, 0}, bytes{20, 3, 3, 0, 1, 1},
               bytes{22, 3, 3, 0, 4, 1, 0, 0, 0});
  CHECK(open(*with.channel, record).error == secure_error::bad_record);
}

TEST_CASE("tls channel: session tickets are passed over, within bounds",
          "[libp2p][tls]") {
  connection with{role::dialer};
  const auto ticket = [&] {
    REQUIRE(SSL_new_session_ticket(with.peer.ssl()) == 1);
    SSL_do_handshake(with.peer.ssl());
    return with.peer.take();
  };
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < tls_channel::max_useless_messages; ++i) {
      const auto result = open(*with.channel, ticket(), 100);
      CHECK((result.text.empty() && !result.error));
    }
    CHECK(open(*with.channel, with.said("data")).text == "data");
  }
  for (std::size_t i = 0; i < tls_channel::max_useless_messages; ++i)
    CHECK_FALSE(open(*with.channel, ticket()).error);
  CHECK(open(*with.channel, ticket()).error == secure_error::bad_record);
}

TEST_CASE("tls channel: a new key of the other side, and its wish for ours",
          "[libp2p][tls]") {
  connection with{GENERATE(role::dialer, role::listener)};
  const auto wished = GENERATE(false, true);
  CHECK_FALSE(open(*with.channel, with.new_key(wished)).error);
  CHECK(open(*with.channel, with.said("new key")).text == "new key");
  const auto before = with.sealed("answer");
  constexpr std::size_t update_size = 5 + 5 + 1 + 16;
  constexpr std::size_t answer_size = 5 + 6 + 1 + 16;
  CHECK(before.size() == answer_size + (wished ? update_size : 0));
  CHECK(with.read(before) == "answer");
  CHECK(with.read(with.sealed("and more")) == "and more");
}

TEST_CASE("tls channel: new keys are bounded by the records between them",
          "[libp2p][tls]") {
  connection with;
  const auto data = [&] { return open(*with.channel, with.said("x")).error; };
  const auto update = [&] { return open(*with.channel, with.new_key()).error; };
  for (std::uint64_t i = 0; i < tls_channel::records_per_update; ++i)
    CHECK_FALSE(data());
  for (std::uint64_t i = 0; i < tls_channel::max_key_updates + 1; ++i) {
    CHECK_FALSE(update());
    CHECK_FALSE(data());
  }
  CHECK(update() == secure_error::bad_record);
}

TEST_CASE("tls channel: behind a flood of new keys nothing is read",
          "[libp2p][tls]") {
  connection with;
  bytes flood;
  for (int i = 0; i < 100; ++i)
    append(flood, with.new_key());
  bytes_view rest{flood};
  CHECK(error_of(with.channel->next(rest, {})) == secure_error::bad_record);
  CHECK(rest.size() > flood.size() / 2);
}

TEST_CASE("tls channel: a key encrypts so many records, then there is another",
          "[libp2p][tls]") {
  connection with{GENERATE(role::dialer, role::listener), 3};
  for (int i = 0; i < 20; ++i) {
    const auto record = with.sealed("data");
    CHECK((record.size() > 30) == (i > 0 && i % 3 == 0));
    CHECK(with.read(record) == "data");
  }
}

TEST_CASE("tls channel: the end is said once, and heard", "[libp2p][tls]") {
  connection with;
  auto wire = with.sealed("last");
  with.channel->finish(wire);
  const auto size = wire.size();
  with.channel->finish(wire);
  CHECK(wire.size() == size);
  CHECK(with.read(wire) == "last");
  CHECK(SSL_get_shutdown(with.peer.ssl()) == SSL_RECEIVED_SHUTDOWN);
  SSL_shutdown(with.peer.ssl());
  CHECK(open(*with.channel, with.peer.take()).error == secure_error::ended);
  // What comes behind it is none of the connection's.
  CHECK(open(*with.channel, as_bytes("anything")).error == secure_error::ended);
}

TEST_CASE("tls channel: an alert after data is the end", "[libp2p][tls]") {
  connection with;
  CHECK(open(*with.channel, with.said("x")).text == "x");
  // The peer cannot read this, and says so.
  auto record = with.sealed("data");
  record.back() ^= 1;
  CHECK(with.read(record).empty());
  CHECK(open(*with.channel, with.peer.take()).error == secure_error::ended);
}
