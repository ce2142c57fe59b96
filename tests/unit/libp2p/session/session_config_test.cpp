#include "libp2p/session/session_config.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

TEST_CASE("session config: identity and security follow from one key",
          "[session]") {
  const auto key = numbered_identity(4)->key();
  std::size_t asked = 0;
  const auto random = [&] {
    ++asked;
    return numbered_random(4)();
  };
  const auto config = make_session_config(key, random, test_wall_time);
  CHECK(asked > 0);
  CHECK(config.identity->peer() == peer_id::of(key.public_part()));
  CHECK(std::ranges::equal(
      config.security, security_table(), {},
      [](const auto& each) { return each->id(); }, &security_row::id));
}

TEST_CASE("session config: it offers what is wanted of it", "[session]") {
  const std::vector wanted{security_kind::noise};
  const auto config = make_session_config(
      numbered_identity(4)->key(), numbered_random(4), test_wall_time, wanted);
  REQUIRE(config.security.size() == 1);
  CHECK(config.security.front()->id() == "/noise");
}

TEST_CASE("session config: every handshake that can settles the muxer",
          "[session]") {
  REQUIRE(offered_muxers() == std::vector<std::string>{"/yamux/1.0.0"});
  for (const auto& row : security_table()) {
    const auto ours = test_session_config(1, row.kind);
    const auto theirs = test_session_config(2, row.kind);
    const auto& limit = ours.limits.max_handshake_message;
    const auto dialer = ours.security.front()->begin(
        role::dialer, std::nullopt, session_end::ephemeral(1), limit);
    const auto listener = theirs.security.front()->begin(
        role::listener, std::nullopt, session_end::ephemeral(2), limit);
    bytes there;
    bytes back;
    dialer->start(there);
    listener->start(back);
    bytes_view in{there};
    REQUIRE(listener->feed(in, back));
    there.clear();
    in = back;
    const auto done = dialer->feed(in, there);
    REQUIRE(done);
    REQUIRE(done->has_value());
    CHECK((*done)->muxer == "/yamux/1.0.0");
  }
}
