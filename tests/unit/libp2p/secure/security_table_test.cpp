#include "libp2p/secure/security_table.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

std::array<std::uint8_t, 32> some_seed() {
  return {7};
}

std::vector<std::string_view> ids_of(const security_protocols& offered) {
  std::vector<std::string_view> result;
  for (const auto& each : offered)
    result.push_back(each->id());
  return result;
}

} // namespace

TEST_CASE("security: what a node offers, the preferred one first",
          "[libp2p][secure]") {
  const auto key = private_key::ed25519_from_seed(some_seed());
  CHECK(ids_of(make_security(key, some_seed, {}))
        == std::vector<std::string_view>{"/noise"});
}

TEST_CASE("security: each row makes what it names", "[libp2p][secure]") {
  const auto key = private_key::ed25519_from_seed(some_seed());
  for (const auto& row : security_table()) {
    const auto made = row.make(key, some_seed, {"/yamux/1.0.0"});
    REQUIRE(made);
    CHECK(made->id() == row.id);
  }
}
