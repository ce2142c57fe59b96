#include "libp2p/secure/tls_security.hpp"
#include "tests/support/channel_talk.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

using muxer_list = std::vector<std::string>;

std::shared_ptr<const security_protocol>
security_of(const private_key& key, const muxer_list& muxers = {"/yamux/1.0.0"},
            const wall_clock& time = test_wall_time) {
  return make_tls_security(key, numbered_random(1), time, muxers);
}

private_key key_of(std::uint8_t number) {
  return numbered_identity(number)->key();
}

peer_id peer_of(std::uint8_t number) {
  return numbered_identity(number)->peer();
}

std::unique_ptr<secure_handshake>
begin(std::uint8_t number, role who, std::optional<peer_id> wanted = {},
      const muxer_list& muxers = {"/yamux/1.0.0"},
      std::size_t max_message = 8192) {
  return security_of(key_of(number), muxers)
      ->begin(who, wanted, session_end::ephemeral(1), max_message);
}

using fed = expected<std::optional<secure_result>, secure_error>;

/// What a handshake came to on both sides, and what they had to say last.
struct outcome {
  fed dialer = std::optional<secure_result>{};
  fed listener = std::optional<secure_result>{};
  bytes to_listener;
  bytes to_dialer;
};

/// Feeds `wire` in chunks of `step`, until there is a result or an error, and
/// leaves there what was not used.
fed deliver(secure_handshake& to, bytes& wire, std::size_t step,
            bytes& answer) {
  bytes_view rest{wire};
  fed result = std::optional<secure_result>{};
  while (!rest.empty() && result && !*result) {
    bytes_view chunk = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(chunk.size());
    result = to.feed(chunk, answer);
    rest = {rest.data() - chunk.size(), rest.size() + chunk.size()};
  }
  wire = to_bytes(rest);
  return result;
}

outcome shake(secure_handshake& dialer, secure_handshake& listener,
              std::size_t step = 65'536) {
  outcome result;
  dialer.start(result.to_listener);
  listener.start(result.to_dialer);
  result.listener =
      deliver(listener, result.to_listener, step, result.to_dialer);
  if (!result.listener)
    return result;
  result.dialer = deliver(dialer, result.to_dialer, step, result.to_listener);
  if (result.dialer)
    result.listener =
        deliver(listener, result.to_listener, step, result.to_dialer);
  return result;
}

} // namespace

TEST_CASE("tls security: each side learns the other and has a channel to it",
          "[libp2p][tls]") {
  const auto step = GENERATE(std::size_t{1}, std::size_t{7}, 65'536u);
  auto dials = begin(1, role::dialer, peer_of(2));
  auto listens = begin(2, role::listener);
  auto result = shake(*dials, *listens, step);
  REQUIRE(result.dialer);
  REQUIRE(result.listener);
  auto& dialer = result.dialer->value();
  auto& listener = result.listener->value();
  CHECK(dialer.peer == peer_of(2));
  CHECK(dialer.key == key_of(2).public_part());
  CHECK(listener.peer == peer_of(1));
  CHECK(dials->proven() == peer_of(2));
  CHECK(listens->proven() == peer_of(1));
  CHECK(dials->problem().empty());
  CHECK(dialer.muxer == "/yamux/1.0.0");
  CHECK(listener.muxer == "/yamux/1.0.0");
  test::check_talk(*dialer.channel, *listener.channel);
}

TEST_CASE("tls security: keys of all types prove who both are",
          "[libp2p][tls]") {
  const auto types = {key_type::ed25519, key_type::secp256k1, key_type::ecdsa,
                      key_type::rsa};
  for (const auto type : types) {
    const auto dials = private_key::generate(type);
    const auto listens = private_key::generate(type);
    auto result =
        shake(*security_of(dials)->begin(role::dialer, std::nullopt,
                                         session_end::ephemeral(1), 8192),
              *security_of(listens)->begin(role::listener, std::nullopt,
                                           session_end::ephemeral(2), 8192));
    CHECK(result.dialer.value().value().key == listens.public_part());
    CHECK(result.listener.value().value().key == dials.public_part());
  }
}

TEST_CASE("tls security: records that follow the handshake are left",
          "[libp2p][tls]") {
  auto dials = begin(1, role::dialer);
  auto listens = begin(2, role::listener);
  bytes there;
  bytes back;
  dials->start(there);
  bytes_view in{there};
  REQUIRE(listens->feed(in, back));
  there.clear();
  in = back;
  auto dialer = dials->feed(in, there).value();
  REQUIRE(dialer);
  CHECK(in.empty());
  const auto handshake = there.size();
  const auto early = as_bytes("early");
  REQUIRE(dialer->channel->encrypt(std::span{&early, 1}, there));
  in = there;
  auto listener = listens->feed(in, back).value();
  REQUIRE(listener);
  CHECK(in.size() == there.size() - handshake);
  CHECK(as_text(*listener->channel->next(in, {}).value()) == "early");
}

TEST_CASE("tls security: unless both name muxers, none is settled",
          "[libp2p][tls]") {
  for (const auto& [dialers, listeners] :
       {std::pair{muxer_list{}, muxer_list{"/yamux/1.0.0"}},
        std::pair{muxer_list{"/yamux/1.0.0"}, muxer_list{}},
        // "libp2p" is left, and multistream-select says that there is none.
        std::pair{muxer_list{"/mplex/6.7.0"}, muxer_list{"/yamux/1.0.0"}}}) {
    auto result = shake(*begin(1, role::dialer, {}, dialers),
                        *begin(2, role::listener, {}, listeners));
    CHECK_FALSE(result.dialer.value().value().muxer);
    CHECK_FALSE(result.listener.value().value().muxer);
  }
}

TEST_CASE("tls security: the dialer's preference decides on the muxer",
          "[libp2p][tls]") {
  auto result = shake(*begin(1, role::dialer, {}, {"/x", "/b", "/a"}),
                      *begin(2, role::listener, {}, {"/a", "/b"}));
  CHECK(result.dialer.value().value().muxer == "/b");
  CHECK(result.listener.value().value().muxer == "/b");
}

TEST_CASE("tls security: a dialer does not reveal itself to another peer",
          "[libp2p][tls]") {
  auto dials = begin(1, role::dialer, peer_of(3));
  auto listens = begin(2, role::listener);
  auto result = shake(*dials, *listens);
  CHECK(error_of(result.dialer) == secure_error::wrong_peer);
  CHECK(dials->problem()
        == "it is " + to_string(peer_of(2)) + ", not " + to_string(peer_of(3))
               + ", by its certificate");
  // The certificate was another's for all the dialer knows.
  CHECK_FALSE(dials->proven());
  // An alert is all that the listener gets.
  CHECK(result.to_listener.size() < 100);
  CHECK(
      error_of(deliver(*listens, result.to_listener, 65'536, result.to_dialer))
      == secure_error::bad_handshake);
  CHECK(listens->problem() == "TLS: sslv3 alert bad certificate");
  CHECK_FALSE(listens->proven());
}

TEST_CASE("tls security: a handshake is bounded", "[libp2p][tls]") {
  auto listens = begin(2, role::listener, {}, {}, 50);
  auto result = shake(*begin(1, role::dialer), *listens);
  CHECK(error_of(result.listener) == secure_error::bad_handshake);
  CHECK(listens->problem() == "its TLS handshake is too long");
}

TEST_CASE("tls security: it stays failed", "[libp2p][tls]") {
  const auto listener = begin(2, role::listener);
  bytes out;
  bytes_view in = as_bytes("GET / HTTP/1.1\r\n");
  CHECK(error_of(listener->feed(in, out)) == secure_error::bad_handshake);
  CHECK_FALSE(listener->problem().empty());
  bytes hello;
  begin(1, role::dialer)->start(hello);
  in = hello;
  out.clear();
  CHECK(error_of(listener->feed(in, out)) == secure_error::bad_handshake);
  CHECK(out.empty());
}

TEST_CASE("tls security: certificates are for the time that is given",
          "[libp2p][tls]") {
  // Ours begin in 1975.
  const auto early =
      security_of(key_of(1), {}, [] {
        return std::chrono::system_clock::from_time_t(0);
      })->begin(role::dialer, std::nullopt, session_end::ephemeral(1), 8192);
  auto result = shake(*early, *begin(2, role::listener));
  CHECK(error_of(result.dialer) == secure_error::bad_handshake);
  CHECK(early->problem()
        == "its certificate is not valid yet; is a clock wrong?");
}

TEST_CASE("tls security: nothing of a handshake is repeated in the next",
          "[libp2p][tls]") {
  const auto security = security_of(key_of(1));
  bytes one;
  bytes other;
  for (auto* hello : {&one, &other})
    security->begin(role::dialer, std::nullopt, session_end::ephemeral(1), 8192)
        ->start(*hello);
  CHECK(one != other);
}
