#include "gossip/mesh/mesh_effects.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::gossip;
using namespace std::chrono_literals;

TEST_CASE("effects: GRAFT and PRUNE of all topics are together by peer",
          "[mesh_effects]") {
  mesh_effects effects;
  const peer_handle a{1, 0};
  const peer_handle b{2, 0};
  effects.graft(a, "t");
  effects.graft(b, "t");
  effects.graft(a, "u");
  effects.prune(a, "v", 60s);
  REQUIRE(effects.control.size() == 2);
  CHECK(effects.control[0].to == a);
  CHECK(effects.control[0].grafts == std::vector<std::string>{"t", "u"});
  REQUIRE(effects.control[0].prunes.size() == 1);
  CHECK(effects.control[0].prunes[0].topic == "v");
  CHECK(effects.control[0].prunes[0].backoff == 60s);
  CHECK(effects.control[1].to == b);
}

TEST_CASE("effects: cleared, the buffer begins anew", "[mesh_effects]") {
  mesh_effects effects;
  CHECK(effects.empty());
  effects.graft({1, 0}, "t");
  CHECK_FALSE(effects.empty());
  effects.clear();
  CHECK(effects.empty());
  effects.graft({2, 0}, "t");
  effects.graft({1, 0}, "t");
  REQUIRE(effects.control.size() == 2);
  CHECK(effects.control[0].to == peer_handle{2, 0});
}

TEST_CASE("effects: a slot's next user is another peer", "[mesh_effects]") {
  mesh_effects effects;
  effects.graft({1, 0}, "t");
  effects.graft({1, 1}, "t");
  CHECK(effects.control.size() == 2);
}
