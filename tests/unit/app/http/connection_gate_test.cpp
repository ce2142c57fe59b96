#include "app/http/connection_gate.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::http {
namespace {

libp2p::ip_prefix address(const char* text) {
  return libp2p::ip_prefix{*libp2p::ip_address::from_text(text)};
}

TEST_CASE("http gate: connections are bounded, in all and for each address",
          "[app]") {
  connection_gate tested{{3, 2}};
  const auto a = address("127.0.0.1");
  const auto b = address("127.0.0.2");
  CHECK(tested.enter(a));
  CHECK(tested.enter(a));
  CHECK_FALSE(tested.enter(a));
  CHECK(tested.enter(b));
  CHECK_FALSE(tested.enter(b));
  tested.leave(a);
  CHECK(tested.size() == 2);
  CHECK(tested.enter(b));
  tested.leave(address("127.0.0.3"));
  CHECK(tested.size() == 3);
}

} // namespace
} // namespace grapevine::app::http
