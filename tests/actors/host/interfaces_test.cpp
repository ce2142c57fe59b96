#include "actors/host/interfaces.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;

TEST_CASE("interfaces: the machine's addresses are found, with their "
          "interfaces") {
  const auto found = interface_addresses();
  REQUIRE(found);
  const auto loopback = std::ranges::find_if(
      *found, [](const auto& one) { return one.ip.to_text() == "127.0.0.1"; });
  REQUIRE(loopback != found->end());
  CHECK(loopback->name == "lo");
  CHECK(loopback->index > 0);
  CHECK(std::ranges::count(ips_of(*found), loopback->ip) == 1);
}
