#include "libp2p/base/limits.hpp"
#include "libp2p/secure/noise.hpp"
#include "proto/identity.pb.h"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

using seed = std::array<std::uint8_t, 32>;

seed seed_of(std::uint8_t number) {
  seed result{};
  result.fill(number);
  return result;
}

private_key key_of(std::uint8_t number) {
  return private_key::ed25519_from_seed(seed_of(number));
}

using muxer_list = std::vector<std::string>;

std::shared_ptr<const noise_credentials>
credentials_of(std::uint8_t number, muxer_list muxers = {"/yamux/1.0.0"}) {
  return noise_credentials::create(
      key_of(number), seed_of(static_cast<std::uint8_t>(number + 100)),
      std::move(muxers));
}

/// What a handshake came to, on both sides.
struct outcome {
  std::optional<noise_error> dialer_error;
  std::optional<noise_error> listener_error;
  /// Bytes that wait for either side when nothing moves any more.
  bytes to_dialer;
  bytes to_listener;
};

/// Feeds `wire` to `to` in chunks of `step` and clears it.
std::optional<noise_error> deliver(noise_handshake& to, bytes& wire,
                                   std::size_t step, bytes& answer) {
  bytes_view rest{wire};
  while (!rest.empty()) {
    auto chunk = rest.first(std::min(step, rest.size()));
    auto used = to.feed(chunk, answer);
    if (!used)
      return used.error();
    if (*used == 0)
      break;
    rest = rest.subspan(*used);
  }
  wire = to_bytes(rest);
  return std::nullopt;
}

outcome shake(noise_handshake& dialer, noise_handshake& listener,
              std::size_t step = 4096) {
  outcome result;
  dialer.start(result.to_listener);
  listener.start(result.to_dialer);
  for (auto round = 0; round < 3; ++round) {
    if (!result.listener_error)
      result.listener_error =
          deliver(listener, result.to_listener, step, result.to_dialer);
    if (!result.dialer_error)
      result.dialer_error =
          deliver(dialer, result.to_dialer, step, result.to_listener);
  }
  return result;
}

/// A handshake between dialer 1 and listener 2 with these muxers.
struct two_sides {
  noise_handshake dialer;
  noise_handshake listener;

  explicit two_sides(muxer_list dialers = {"/yamux/1.0.0"},
                     muxer_list listeners = {"/yamux/1.0.0"},
                     std::optional<peer_id> wanted = std::nullopt)
      : dialer{credentials_of(1, std::move(dialers)), noise_role::initiator,
               seed_of(11), wanted},
        listener{credentials_of(2, std::move(listeners)), noise_role::responder,
                 seed_of(12)} {}
};

/// A dialer whose payload is not made by noise_credentials.
struct hostile_dialer {
  x25519_keypair fixed = x25519_keypair::from_seed(seed_of(50));
  noise_xx state{noise_role::initiator, fixed,
                 x25519_keypair::from_seed(seed_of(51))};

  /// The listener's verdict on a third message with `payload`.
  std::optional<noise_error> present(bytes_view payload) {
    noise_handshake listener{credentials_of(2), noise_role::responder,
                             seed_of(12)};
    bytes out;
    REQUIRE(listener.feed(frame({}), out));
    bytes ignored;
    REQUIRE(state.read(bytes_view{out}.subspan(2), ignored));
    auto result = listener.feed(frame(payload), out);
    if (result)
      return std::nullopt;
    CHECK_FALSE(listener.feed({}, out));
    return result.error();
  }

  bytes frame(bytes_view payload) {
    bytes message;
    REQUIRE(state.write(payload, message));
    bytes result{static_cast<std::uint8_t>(message.size() >> 8),
                 static_cast<std::uint8_t>(message.size())};
    append(result, message);
    return result;
  }
};

} // namespace

TEST_CASE("both sides learn who the other is", "[libp2p][noise]") {
  for (std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    two_sides sides;
    auto result = shake(sides.dialer, sides.listener, step);
    REQUIRE_FALSE(result.dialer_error);
    REQUIRE_FALSE(result.listener_error);
    REQUIRE(sides.dialer.done());
    REQUIRE(sides.listener.done());
    auto dialer = sides.dialer.take_result();
    auto listener = sides.listener.take_result();
    CHECK(dialer.remote.peer == peer_id::of(key_of(2).public_part()));
    CHECK(listener.remote.peer == peer_id::of(key_of(1).public_part()));
    CHECK(dialer.remote.key == key_of(2).public_part());
    CHECK(dialer.agreed_muxer == "/yamux/1.0.0");
    CHECK(listener.agreed_muxer == "/yamux/1.0.0");
    bytes wire;
    bytes scratch;
    REQUIRE(dialer.send.encrypt(as_bytes("hello"), wire));
    auto opened =
        listener.receive.decrypt(bytes_view{wire}.subspan(2), scratch);
    REQUIRE(opened);
    CHECK(as_text(*opened) == "hello");
    wire.clear();
    REQUIRE(listener.send.encrypt(as_bytes("world"), wire));
    opened = dialer.receive.decrypt(bytes_view{wire}.subspan(2), scratch);
    REQUIRE(opened);
    CHECK(as_text(*opened) == "world");
  }
}

TEST_CASE("every key type proves an identity", "[libp2p][noise]") {
  for (auto type : {key_type::ed25519, key_type::secp256k1, key_type::ecdsa,
                    key_type::rsa}) {
    auto key = private_key::generate(type);
    auto own = noise_credentials::create(key, seed_of(3), {});
    noise_handshake dialer{own, noise_role::initiator, seed_of(11)};
    noise_handshake listener{own, noise_role::responder, seed_of(12)};
    auto result = shake(dialer, listener);
    REQUIRE_FALSE(result.dialer_error);
    REQUIRE_FALSE(result.listener_error);
    CHECK(listener.take_result().remote.peer == peer_id::of(key.public_part()));
  }
}

TEST_CASE("records that follow the handshake are left", "[libp2p][noise]") {
  two_sides sides;
  bytes to_listener;
  bytes to_dialer;
  sides.dialer.start(to_listener);
  REQUIRE(sides.listener.feed(to_listener, to_dialer));
  to_listener.clear();
  REQUIRE(sides.dialer.feed(to_dialer, to_listener));
  auto handshake = to_listener.size();
  auto dialer = sides.dialer.take_result();
  REQUIRE(dialer.send.encrypt(as_bytes("early"), to_listener));
  to_dialer.clear();
  auto used = sides.listener.feed(to_listener, to_dialer);
  REQUIRE(used);
  CHECK(*used == handshake);
  CHECK(to_dialer.empty());
  CHECK(sides.listener.feed(as_bytes("more"), to_dialer).value() == 0);
}

TEST_CASE("the initiator's preference decides on the muxer",
          "[libp2p][noise]") {
  auto agreed = [](muxer_list dialers, muxer_list listeners) {
    two_sides sides{std::move(dialers), std::move(listeners)};
    auto result = shake(sides.dialer, sides.listener);
    REQUIRE_FALSE(result.dialer_error);
    REQUIRE_FALSE(result.listener_error);
    auto dialer = sides.dialer.take_result().agreed_muxer;
    CHECK(sides.listener.take_result().agreed_muxer == dialer);
    return dialer;
  };
  CHECK(
      agreed({"/yamux/1.0.0", "/mplex/6.7.0"}, {"/mplex/6.7.0", "/yamux/1.0.0"})
      == "/yamux/1.0.0");
  CHECK(agreed({"/x", "/mplex/6.7.0"}, {"/yamux/1.0.0", "/mplex/6.7.0"})
        == "/mplex/6.7.0");
  CHECK_FALSE(agreed({}, {"/yamux/1.0.0"}));
  CHECK_FALSE(agreed({"/yamux/1.0.0"}, {}));
}

TEST_CASE("without a common muxer the handshake fails", "[libp2p][noise]") {
  two_sides sides{{"/yamux/1.0.0"}, {"/mplex/6.7.0"}};
  auto result = shake(sides.dialer, sides.listener);
  CHECK(result.dialer_error == noise_error::no_common_muxer);
  CHECK_FALSE(sides.listener.done());
}

TEST_CASE("the dialer does not reveal itself to another than it dialled",
          "[libp2p][noise]") {
  auto third = peer_id::of(key_of(3).public_part());
  two_sides sides{{"/yamux/1.0.0"}, {"/yamux/1.0.0"}, third};
  auto result = shake(sides.dialer, sides.listener);
  CHECK(result.dialer_error == noise_error::wrong_peer);
  CHECK(result.to_listener.empty());
  CHECK_FALSE(sides.listener.done());

  auto second = peer_id::of(key_of(2).public_part());
  two_sides right{{"/yamux/1.0.0"}, {"/yamux/1.0.0"}, second};
  CHECK_FALSE(shake(right.dialer, right.listener).dialer_error);
}

TEST_CASE("the payload must be signed for this static key", "[libp2p][noise]") {
  hostile_dialer honest;
  auto good = make_noise_payload(key_of(4), honest.fixed.shared, {});
  CHECK_FALSE(honest.present(good));

  hostile_dialer borrowed;
  auto other = x25519_keypair::from_seed(seed_of(60));
  auto of_other = make_noise_payload(key_of(4), other.shared, {});
  CHECK(borrowed.present(of_other) == noise_error::bad_signature);

  pb::NoiseHandshakePayload payload;
  REQUIRE(payload.ParseFromArray(good.data(), static_cast<int>(good.size())));
  auto stranger = key_of(5).public_part().to_protobuf();
  payload.set_identity_key(stranger.data(), stranger.size());
  hostile_dialer claimant;
  CHECK(claimant.present(as_bytes(payload.SerializeAsString()))
        == noise_error::bad_signature);

  payload.clear_identity_sig();
  hostile_dialer silent;
  CHECK(silent.present(as_bytes(payload.SerializeAsString()))
        == noise_error::bad_signature);
}

TEST_CASE("the signature is made over the prefix and the static key",
          "[libp2p][noise]") {
  auto fixed = x25519_keypair::from_seed(seed_of(9));
  auto encoded = make_noise_payload(key_of(4), fixed.shared, {"/yamux/1.0.0"});
  pb::NoiseHandshakePayload payload;
  REQUIRE(
      payload.ParseFromArray(encoded.data(), static_cast<int>(encoded.size())));
  auto message = to_bytes(as_bytes("noise-libp2p-static-key:"));
  append(message, fixed.shared);
  auto key = public_key::from_protobuf(as_bytes(payload.identity_key()));
  REQUIRE(key);
  CHECK(key->verify(message, as_bytes(payload.identity_sig())));
  REQUIRE(payload.extensions().stream_muxers_size() == 1);
  CHECK(payload.extensions().stream_muxers(0) == "/yamux/1.0.0");
}

TEST_CASE("a payload without a usable identity is refused", "[libp2p][noise]") {
  CHECK(hostile_dialer{}.present({}) == noise_error::bad_payload);
  CHECK(hostile_dialer{}.present(bytes{0xff, 0xff})
        == noise_error::bad_payload);
  pb::NoiseHandshakePayload payload;
  payload.set_identity_key("\x08\x09\x12\x01x");
  payload.set_identity_sig("signature");
  CHECK(hostile_dialer{}.present(as_bytes(payload.SerializeAsString()))
        == noise_error::bad_payload);
}

TEST_CASE("an oversized handshake message is refused by its length",
          "[libp2p][noise]") {
  noise_handshake listener{credentials_of(2), noise_role::responder,
                           seed_of(12)};
  bytes out;
  auto limit = session_limits{}.max_handshake_message + 1;
  bytes header{static_cast<std::uint8_t>(limit >> 8),
               static_cast<std::uint8_t>(limit)};
  auto fed = listener.feed(header, out);
  if (fed)
    fed = listener.feed(bytes{0}, out);
  CHECK(error_of(fed) == noise_error::too_large);
}

TEST_CASE("a failed handshake stays failed", "[libp2p][noise]") {
  noise_handshake listener{credentials_of(2), noise_role::responder,
                           seed_of(12)};
  bytes out;
  auto fed = listener.feed(bytes{0, 1, 7}, out);
  CHECK(error_of(fed) == noise_error::malformed);
  two_sides sides;
  bytes first;
  sides.dialer.start(first);
  CHECK_FALSE(listener.feed(first, out));
  CHECK(out.empty());
  CHECK_THROWS_AS(listener.take_result(), std::logic_error);
}
