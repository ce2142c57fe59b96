#include "gossip/protocol.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace grapevine::gossip;

TEST_CASE("protocol: every version has its id and back", "[protocol]") {
  CHECK(protocol_id(version::floodsub) == "/floodsub/1.0.0");
  CHECK(protocol_id(version::v1_0) == "/meshsub/1.0.0");
  CHECK(protocol_id(version::v1_1) == "/meshsub/1.1.0");
  CHECK(protocol_id(version::v1_2) == "/meshsub/1.2.0");
  CHECK(protocol_id(version::v1_3) == "/meshsub/1.3.0");
  for (const version v : {version::floodsub, version::v1_0, version::v1_1,
                          version::v1_2, version::v1_3})
    CHECK(version_of(protocol_id(v)) == v);
  CHECK_FALSE(version_of("/meshsub/2.0.0"));
  CHECK_FALSE(version_of(""));
}

TEST_CASE("protocol: offered newest first, FloodSub last", "[protocol]") {
  const auto offered = offered_versions();
  constexpr std::array expected_order{version::v1_3, version::v1_2,
                                      version::v1_1, version::v1_0,
                                      version::floodsub};
  CHECK(std::ranges::equal(offered, expected_order));
}

TEST_CASE("protocol: features come with their version", "[protocol]") {
  CHECK_FALSE(has_mesh(version::floodsub));
  CHECK(has_mesh(version::v1_0));
  CHECK_FALSE(has_prune_backoff(version::v1_0));
  CHECK(has_prune_backoff(version::v1_1));
  CHECK_FALSE(has_peer_exchange(version::v1_0));
  CHECK(has_peer_exchange(version::v1_2));
  CHECK_FALSE(has_idontwant(version::v1_1));
  CHECK(has_idontwant(version::v1_2));
  CHECK_FALSE(has_extensions(version::v1_2));
  CHECK(has_extensions(version::v1_3));
}
