#include "libp2p/secure/security_table.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

std::vector<std::string_view>
offered(std::initializer_list<security_kind> wanted) {
  const auto identity = numbered_identity(7);
  const auto random = numbered_random(7);
  const std::vector kinds(wanted);
  const auto made =
      make_security({identity->key(), random, test_wall_time, {}}, kinds);
  std::vector<std::string_view> result;
  for (const auto& each : made)
    result.push_back(each->id());
  return result;
}

using ids = std::vector<std::string_view>;

} // namespace

TEST_CASE("security: what a node offers, the preferred one first",
          "[libp2p][secure]") {
  using enum security_kind;
  CHECK(offered({}) == ids{"/tls/1.0.0", "/noise"});
  CHECK(offered({noise, tls}) == ids{"/noise", "/tls/1.0.0"});
  CHECK(offered({noise}) == ids{"/noise"});
  CHECK(offered({tls, tls}) == ids{"/tls/1.0.0"});
}

TEST_CASE("security: each row makes what it names", "[libp2p][secure]") {
  const auto identity = numbered_identity(7);
  const auto random = numbered_random(7);
  for (const auto& row : security_table()) {
    const auto made =
        row.make({identity->key(), random, test_wall_time, {"/yamux/1.0.0"}});
    REQUIRE(made);
    CHECK(made->id() == row.id);
    CHECK(offered({row.kind}) == ids{row.id});
  }
}
