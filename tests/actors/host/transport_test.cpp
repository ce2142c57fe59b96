#include "actors/host/transport.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;
using Catch::Contains;

namespace {

libp2p::multiaddr address(const std::string& text) {
  return libp2p::multiaddr::from_text(text).value();
}

} // namespace

TEST_CASE(
    "transports: what nodes offer is what the dial plan takes unless told "
    "otherwise") {
  const auto table = default_transports();
  CHECK(std::ranges::equal(table.kinds(), libp2p::offered_transports));
}

TEST_CASE("transports: why one cannot listen is said with the address") {
  const auto table = default_transports();
  CHECK_THAT(error_of(table.listen(address("/dns/localhost/tcp/4001"))),
             Contains("cannot listen on /dns/localhost/tcp/4001: only /ip4"));
  CHECK_THAT(error_of(table.listen(address("/ip4/192.0.2.1/tcp/0"))),
             Contains("cannot listen on /ip4/192.0.2.1/tcp/0"));
}

TEST_CASE(
    "transports: a listener has the port that it was given, whoever it is "
    "told to be") {
  const auto bound = default_transports().listen(
      address("/ip4/127.0.0.1/tcp/0/p2p/"
              "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q"));
  REQUIRE(bound);
  const auto where = (*bound)->address();
  CHECK_FALSE(where == address("/ip4/127.0.0.1/tcp/0"));
}
