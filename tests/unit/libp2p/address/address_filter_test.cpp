#include "libp2p/address/address_filter.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::libp2p;

namespace {

bool matches(std::string_view filter, std::string_view address) {
  return address_filter::from_text(filter).value().matches(
      multiaddr::from_text(address).value());
}

} // namespace

TEST_CASE("address_filter: a range, as CIDR or as go writes it",
          "[libp2p][address_filter]") {
  for (const auto* text : {"10.0.0.0/8", "/ip4/10.0.0.0/ipcidr/8"}) {
    CAPTURE(text);
    CHECK(address_filter::from_text(text).value().to_text() == "10.0.0.0/8");
    CHECK(matches(text, "/ip4/10.1.2.3/tcp/4001"));
    CHECK(matches(text, "/ip4/10.1.2.3/udp/4001/quic-v1"));
    CHECK_FALSE(matches(text, "/ip4/11.0.0.1/tcp/4001"));
    CHECK_FALSE(matches(text, "/dns4/example.org/tcp/4001"));
  }
  CHECK(matches("/ip6/fc00::/ipcidr/7", "/ip6/fd00::1/tcp/1"));
  CHECK_FALSE(matches("fc00::/7", "/ip6/2001:db8::1/tcp/1"));
}

TEST_CASE("address_filter: one address is a range, too",
          "[libp2p][address_filter]") {
  for (const auto* text : {"192.0.2.1", "/ip4/192.0.2.1"}) {
    CHECK(matches(text, "/ip4/192.0.2.1/tcp/1"));
    CHECK_FALSE(matches(text, "/ip4/192.0.2.2/tcp/1"));
  }
}

TEST_CASE("address_filter: ranges of one version say nothing of the other",
          "[libp2p][address_filter]") {
  CHECK(matches("::/0", "/ip6/2001:db8::1/tcp/1"));
  CHECK_FALSE(matches("::/0", "/ip4/192.0.2.1/tcp/1"));
  CHECK(matches("0.0.0.0/0", "/ip4/192.0.2.1/tcp/1"));
  CHECK_FALSE(matches("0.0.0.0/0", "/ip6/2001:db8::1/tcp/1"));
}

TEST_CASE("address_filter: a whole multiaddr is meant alone, whoever is there",
          "[libp2p][address_filter]") {
  const auto* const text = "/ip4/192.0.2.1/tcp/4001";
  CHECK(address_filter::from_text(text).value().to_text() == text);
  CHECK(matches(text, text));
  CHECK(matches(text, "/ip4/192.0.2.1/tcp/4001/p2p/"
                      "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q"));
  CHECK_FALSE(matches(text, "/ip4/192.0.2.1/tcp/4002"));
  CHECK(matches("/dns4/a.example/tcp/1", "/dns4/a.example/tcp/1"));
}

TEST_CASE("address_filter: what is neither says what would be right",
          "[libp2p][address_filter]") {
  for (const auto* text :
       {"", "10.0.0.0/33", "/ip4/10.0.0.0/ipcidr/33", "/ip6/10.0.0.0/ipcidr/8",
        "/ip4/fc00::/ipcidr/7", "example.org", "/ip4/", "/nonsense/1",
        "/p2p/12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q"}) {
    CAPTURE(text);
    const auto filter = address_filter::from_text(text);
    REQUIRE_FALSE(filter);
    CHECK_THAT(filter.error(), Catch::StartsWith("must be a range"));
  }
}
