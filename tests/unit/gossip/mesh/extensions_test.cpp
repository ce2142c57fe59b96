#include "gossip/mesh/extensions.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

constexpr proto::extensions both{true, true};

proto::rpc announcing(std::optional<proto::extensions> ext) {
  proto::rpc rpc;
  rpc.control.ext = ext;
  return rpc;
}

proto::rpc test_message() {
  proto::rpc rpc;
  rpc.test_extension = true;
  return rpc;
}

/// Both streams at 1.3, our first RPC on its way.
extension_state opened(const proto::extensions& ours = both) {
  extension_state state{ours};
  state.open_outbound(version::v1_3);
  state.open_inbound(version::v1_3);
  return state;
}

} // namespace

TEST_CASE("extensions: the first RPC of our stream announces them",
          "[extensions]") {
  extension_state state{{true, false}};
  const auto announced = state.open_outbound(version::v1_3);
  REQUIRE(announced);
  CHECK(announced->partial_messages);
  CHECK_FALSE(announced->test_extension);
}

TEST_CASE("extensions: there is nothing to announce without any",
          "[extensions]") {
  CHECK_FALSE(extension_state{{}}.open_outbound(version::v1_3));
}

TEST_CASE("extensions: they are announced on 1.3 alone", "[extensions]") {
  for (const auto v :
       {version::floodsub, version::v1_0, version::v1_1, version::v1_2})
    CHECK_FALSE(extension_state{both}.open_outbound(v));
}

TEST_CASE("extensions: both sides must have one to use it", "[extensions]") {
  for (const bool ours : {false, true})
    for (const bool theirs : {false, true}) {
      auto state = opened({ours, ours});
      state.receive(announcing(proto::extensions{theirs, theirs}));
      CHECK(state.usable().partial_messages == (ours && theirs));
      CHECK(state.usable().test_extension == (ours && theirs));
      CHECK(state.take_test() == (ours && theirs));
    }
}

TEST_CASE("extensions: each is told apart", "[extensions]") {
  auto state = opened();
  state.receive(announcing(proto::extensions{true, false}));
  CHECK(state.usable().partial_messages);
  CHECK_FALSE(state.usable().test_extension);
}

TEST_CASE("extensions: nothing is used before both have announced",
          "[extensions]") {
  SECTION("we wait for the peer") {
    auto state = opened();
    CHECK_FALSE(state.usable().partial_messages);
    CHECK(state.receive(announcing(both)).settled);
    CHECK(state.usable().partial_messages);
  }
  SECTION("the peer waits for us") {
    extension_state state{both};
    state.open_inbound(version::v1_3);
    CHECK_FALSE(state.receive(announcing(both)).settled);
    CHECK_FALSE(state.usable().partial_messages);
    CHECK_FALSE(state.take_test());
    state.open_outbound(version::v1_3);
    CHECK(state.usable().partial_messages);
    CHECK(state.take_test());
  }
}

TEST_CASE("extensions: a first RPC without them means none", "[extensions]") {
  auto state = opened();
  CHECK(state.receive({}).settled);
  CHECK_FALSE(state.usable().partial_messages);
}

TEST_CASE("extensions: a second announcement is misbehaviour", "[extensions]") {
  auto state = opened();
  CHECK_FALSE(state.receive(announcing(proto::extensions{})).misbehaved);
  CHECK_FALSE(state.receive({}).misbehaved);
  // Reported once for each stream, however many there are.
  CHECK(state.receive(announcing(both)).misbehaved);
  CHECK_FALSE(state.receive(announcing(proto::extensions{})).misbehaved);
  CHECK_FALSE(state.usable().partial_messages);
}

TEST_CASE("extensions: a late announcement is misbehaviour", "[extensions]") {
  auto state = opened();
  CHECK_FALSE(state.receive({}).misbehaved);
  CHECK(state.receive(announcing(both)).misbehaved);
  CHECK_FALSE(state.usable().test_extension);
}

TEST_CASE("extensions: a new stream announces afresh", "[extensions]") {
  auto state = opened();
  state.receive(announcing(both));
  SECTION("instead of the old one") {
    state.open_inbound(version::v1_3);
  }
  SECTION("after the old one") {
    state.close_inbound();
    CHECK_FALSE(state.usable().partial_messages);
    state.open_inbound(version::v1_3);
  }
  CHECK_FALSE(state.usable().partial_messages);
  const auto news = state.receive(announcing(proto::extensions{true, false}));
  CHECK(news.settled);
  CHECK_FALSE(news.misbehaved);
  CHECK(state.usable().partial_messages);
}

TEST_CASE("extensions: of several streams the newest that has spoken counts",
          "[extensions]") {
  extension_state state{both};
  state.open_outbound(version::v1_3);
  state.open_inbound(version::v1_3, 1);
  state.receive(announcing(both), 1);
  state.open_inbound(version::v1_3, 2);
  // It has yet to speak; the older one goes on meanwhile.
  CHECK_FALSE(state.receive({}, 1).misbehaved);
  CHECK(state.usable().partial_messages);
  CHECK_FALSE(state.receive(announcing(proto::extensions{}), 2).misbehaved);
  CHECK_FALSE(state.usable().partial_messages);
  // Each must not announce again, and counts for itself.
  CHECK(state.receive(announcing(both), 1).misbehaved);
  CHECK(state.receive(announcing(both), 2).misbehaved);
  state.close_inbound(2);
  CHECK(state.usable().partial_messages);
  state.close_inbound(1);
  CHECK_FALSE(state.usable().partial_messages);
}

TEST_CASE("extensions: nothing is used once our stream is gone",
          "[extensions]") {
  auto state = opened();
  state.receive(announcing(both));
  state.close_outbound();
  CHECK_FALSE(state.usable().partial_messages);
  // What the peer announced on its stream still holds.
  CHECK(state.open_outbound(version::v1_3));
  CHECK(state.usable().partial_messages);
}

TEST_CASE("extensions: a peer's stream below 1.3 has none", "[extensions]") {
  extension_state state{both};
  state.open_outbound(version::v1_3);
  state.open_inbound(version::v1_2);
  for (int i = 0; i < 2; ++i) {
    const auto news = state.receive(announcing(both));
    CHECK_FALSE(news.misbehaved);
    CHECK_FALSE(news.settled);
  }
  CHECK_FALSE(state.receive(test_message()).tested);
  CHECK_FALSE(state.usable().partial_messages);
  CHECK_FALSE(state.take_test());
}

TEST_CASE("extensions: our stream below 1.3 has none", "[extensions]") {
  extension_state state{both};
  state.open_outbound(version::v1_2);
  state.open_inbound(version::v1_3);
  CHECK_FALSE(state.receive(announcing(both)).misbehaved);
  CHECK_FALSE(state.usable().partial_messages);
  // It is a protocol error nevertheless.
  CHECK(state.receive(announcing(both)).misbehaved);
}

TEST_CASE("test extension: sent once for each stream of ours", "[extensions]") {
  auto state = opened();
  CHECK_FALSE(state.take_test());
  state.receive(announcing(both));
  CHECK(state.take_test());
  CHECK_FALSE(state.take_test());
  SECTION("not again for a new stream of the peer") {
    state.open_inbound(version::v1_3);
    state.receive(announcing(both));
    CHECK_FALSE(state.take_test());
  }
  SECTION("again on a new stream of ours") {
    state.close_outbound();
    CHECK_FALSE(state.take_test());
    state.open_outbound(version::v1_3);
    CHECK(state.take_test());
    CHECK_FALSE(state.take_test());
  }
}

TEST_CASE("test extension: heard from those alone who have it",
          "[extensions]") {
  SECTION("both have it") {
    auto state = opened();
    CHECK_FALSE(state.receive(announcing(both)).tested);
    CHECK(state.receive(test_message()).tested);
  }
  SECTION("the peer did not announce it") {
    auto state = opened();
    state.receive(announcing(proto::extensions{true, false}));
    CHECK_FALSE(state.receive(test_message()).tested);
  }
  SECTION("we have none") {
    auto state = opened({true, false});
    state.receive(announcing(both));
    CHECK_FALSE(state.receive(test_message()).tested);
  }
}
