#include "libp2p/secure/noise_security.hpp"
#include "tests/support/channel_talk.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

using seed = std::array<std::uint8_t, 32>;
using muxer_list = std::vector<std::string>;

seed seed_of(std::uint8_t number) {
  seed result{};
  result.fill(number);
  return result;
}

private_key key_of(std::uint8_t number) {
  return private_key::ed25519_from_seed(seed_of(number));
}

peer_id peer_of(std::uint8_t number) {
  return peer_id::of(key_of(number).public_part());
}

std::unique_ptr<secure_handshake>
begin(std::uint8_t number, role who, std::optional<peer_id> wanted = {},
      const muxer_list& muxers = {"/yamux/1.0.0"},
      std::size_t max_message = 8192) {
  return make_noise_security(
             key_of(number), [number] { return seed_of(number); }, muxers)
      ->begin(who, wanted, seed_of(static_cast<std::uint8_t>(number + 100)),
              max_message);
}

using fed = expected<std::optional<secure_result>, secure_error>;

/// What a handshake came to on both sides.
struct outcome {
  fed dialer = std::optional<secure_result>{};
  fed listener = std::optional<secure_result>{};
};

outcome shake(secure_handshake& dialer, secure_handshake& listener) {
  outcome result;
  bytes there;
  bytes back;
  dialer.start(there);
  listener.start(back);
  bytes_view in{there};
  result.listener = listener.feed(in, back);
  if (!result.listener)
    return result;
  there.clear();
  in = back;
  result.dialer = dialer.feed(in, there);
  if (!result.dialer)
    return result;
  in = there;
  result.listener = listener.feed(in, back);
  return result;
}

} // namespace

TEST_CASE("noise security: each side learns the other and has a channel to it",
          "[libp2p][noise]") {
  auto result =
      shake(*begin(1, role::dialer, peer_of(2)), *begin(2, role::listener));
  REQUIRE(result.dialer);
  REQUIRE(result.listener);
  auto& dialer = result.dialer->value();
  auto& listener = result.listener->value();
  CHECK(dialer.peer == peer_of(2));
  CHECK(dialer.key == key_of(2).public_part());
  CHECK(listener.peer == peer_of(1));
  CHECK(dialer.muxer == "/yamux/1.0.0");
  CHECK(listener.muxer == "/yamux/1.0.0");
  test::check_talk(*dialer.channel, *listener.channel);
}

TEST_CASE("noise security: unless both name muxers, none is settled",
          "[libp2p][noise]") {
  auto result =
      shake(*begin(1, role::dialer, {}, {}), *begin(2, role::listener));
  CHECK_FALSE(result.dialer.value().value().muxer);
  CHECK_FALSE(result.listener.value().value().muxer);
}

TEST_CASE("noise security: what fails, by name", "[libp2p][noise]") {
  CHECK(error_of(shake(*begin(1, role::dialer, peer_of(3)),
                       *begin(2, role::listener))
                     .dialer)
        == secure_error::wrong_peer);
  CHECK(error_of(shake(*begin(1, role::dialer, {}, {"/mplex/6.7.0"}),
                       *begin(2, role::listener))
                     .dialer)
        == secure_error::no_common_muxer);
  CHECK(error_of(shake(*begin(1, role::dialer),
                       *begin(2, role::listener, {}, {}, 31))
                     .listener)
        == secure_error::bad_handshake);
}

TEST_CASE("noise security: it stays failed", "[libp2p][noise]") {
  const auto listener = begin(2, role::listener);
  bytes out;
  const bytes malformed{0, 1, 7};
  bytes_view in{malformed};
  CHECK(error_of(listener->feed(in, out)) == secure_error::bad_handshake);
  bytes hello;
  begin(1, role::dialer)->start(hello);
  in = hello;
  CHECK(error_of(listener->feed(in, out)) == secure_error::bad_handshake);
  CHECK(out.empty());
}
