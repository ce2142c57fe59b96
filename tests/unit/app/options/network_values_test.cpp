#include "app/options/network_values.hpp"
#include "tests/unit/app/options/value_checks.hpp"

namespace grapevine::app {
namespace {

constexpr auto some_id = "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";

TEST_CASE("network values: a peer's address names the peer", "[app]") {
  const auto text = std::string{"/ip4/1.2.3.4/tcp/4001/p2p/"} + some_id;
  check_kept<peer_address>(text);
  CHECK(to_string(*value_of<peer_address>(text).address.peer()) == some_id);
  check_error<peer_address>("/ip4/1.2.3.4/tcp/4001", "must end in /p2p/ID");
  check_error<peer_address>("/ip4/1.2.3/tcp/1", "1.2.3");
}

TEST_CASE("network values: peer ids", "[app]") {
  check_kept<libp2p::peer_id>(some_id);
  for (const auto* bad : {"", "x", "12D3KooW", "/p2p/12D3KooW"})
    check_error<libp2p::peer_id>(bad, "must be a peer id");
}

TEST_CASE("network values: patterns of topics", "[app]") {
  check_kept<topic_pattern>("/eth2/[0-9a-f]{8}/.*");
  check_error<topic_pattern>("", "such as news/.*");
  check_error<topic_pattern>("news(", "bad topic pattern \"news(\"");
}

TEST_CASE("network values: ranges of IP addresses", "[app]") {
  for (const auto* good : {"192.0.2.0/24", "2001:db8::/32", "192.0.2.7"})
    check_kept<libp2p::ip_prefix>(good);
  for (const auto* bad : {"", "192.0.2", "192.0.2.0/33", "host", "::/x"})
    check_error<libp2p::ip_prefix>(bad, "must be a range of IP addresses");
}

TEST_CASE("network values: how connections are encrypted", "[app]") {
  for (const auto* good : {"tls", "noise"})
    check_kept<libp2p::security_kind>(good);
  check_error<libp2p::security_kind>("plain", "must be tls or noise");
}

} // namespace
} // namespace grapevine::app
