// Errors of the API, as other processes get them.
#include "messages/api.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace grapevine;
using namespace grapevine::test;

namespace {

bool is_known(std::uint8_t number) {
  return to_string(static_cast<node_errc>(number)) != "unknown";
}

} // namespace

TEST_CASE("node errors: each comes to another process as what it is") {
  virtual_system net;
  REQUIRE(is_known(1));
  for (std::uint8_t number = 1; is_known(number); ++number) {
    const auto code = static_cast<node_errc>(number);
    const auto got = from_wire<node_errc>(net.sys(), to_wire(net.sys(), code));
    REQUIRE(got);
    CHECK(*got == code);
  }
}

// CAF 0.17 takes any, of which nothing is made but a text.
TEST_CASE("node errors: a number that is none is refused, or unknown") {
  virtual_system net;
  const auto sent = to_wire(net.sys(), std::uint8_t{200});
  const auto got = from_wire<node_errc>(net.sys(), sent);
  CHECK((!got || to_string(*got) == "unknown"));
}

TEST_CASE("node errors: the reason comes, too") {
  virtual_system net;
  const auto sent = caf::make_error(node_errc::busy, std::string{"too much"});
  const auto got = from_wire<caf::error>(net.sys(), to_wire(net.sys(), sent));
  REQUIRE(got);
  CHECK(*got == sent);
  CHECK(reason_of(*got) == "too much");
}
