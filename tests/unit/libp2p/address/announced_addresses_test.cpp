#include "libp2p/address/announced_addresses.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

using namespace grapevine::libp2p;

namespace {

using texts = std::vector<std::string>;

std::vector<multiaddr> addrs(const texts& from) {
  std::vector<multiaddr> result;
  for (const auto& one : from)
    result.push_back(multiaddr::from_text(one).value());
  return result;
}

std::vector<ip_address> ips(const texts& from) {
  std::vector<ip_address> result;
  for (const auto& one : from)
    result.push_back(ip_address::from_text(one).value());
  return result;
}

texts shown(const announced_addresses& told) {
  texts result;
  for (const auto& one : told.addresses)
    result.push_back(one.to_text());
  return result;
}

announce_rules hiding(const texts& ranges, const texts& instead = {}) {
  announce_rules rules{addrs(instead), {}};
  for (const auto& one : ranges)
    rules.hidden.push_back(address_filter::from_text(one).value());
  return rules;
}

const auto machine = ips({"127.0.0.1", "192.168.1.7", "203.0.113.5", "::1",
                          "2001:db8::7", "fe80::7"});
const auto everywhere = addrs({"/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4002"});

} // namespace

TEST_CASE("announced: a wildcard is each interface's address of its version, "
          "with its port, and no link-local one",
          "[libp2p][announced]") {
  CHECK(shown(announced_of(everywhere, machine, {}))
        == texts{"/ip4/127.0.0.1/tcp/4001", "/ip4/192.168.1.7/tcp/4001",
                 "/ip4/203.0.113.5/tcp/4001", "/ip6/::1/tcp/4002",
                 "/ip6/2001:db8::7/tcp/4002"});
}

TEST_CASE("announced: on the network itself link-local addresses are told, too",
          "[libp2p][announced]") {
  announce_rules rules;
  rules.link_local = true;
  CHECK(shown(announced_of(addrs({"/ip6/::/tcp/1"}),
                           ips({"fe80::7", "10.0.0.1"}), rules))
        == texts{"/ip6/fe80::7/tcp/1"});
}

TEST_CASE("announced: never a wildcard, whatever is not known",
          "[libp2p][announced]") {
  CHECK(announced_of(everywhere, {}, {}).addresses.empty());
  CHECK(announced_of(everywhere, ips({"0.0.0.0", "::"}), {}).addresses.empty());
}

TEST_CASE("announced: what is bound to one address is told as it is, once",
          "[libp2p][announced]") {
  CHECK(
      shown(
          announced_of(addrs({"/ip4/192.168.1.7/tcp/1", "/dns4/a.example/tcp/2",
                              "/memory/3", "/ip4/0.0.0.0/tcp/1"}),
                       ips({"192.168.1.7"}), {}))
      == texts{"/ip4/192.168.1.7/tcp/1", "/dns4/a.example/tcp/2", "/memory/3"});
}

TEST_CASE("announced: what the operator names is told in place of what is "
          "found, without a peer id",
          "[libp2p][announced]") {
  const announce_rules rules{
      addrs({"/dns4/a.example/tcp/443/wss",
             "/ip4/198.51.100.1/tcp/4001/p2p/"
             "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q"}),
      {}};
  CHECK(shown(announced_of(everywhere, machine, rules))
        == texts{"/dns4/a.example/tcp/443/wss", "/ip4/198.51.100.1/tcp/4001"});
}

TEST_CASE("announced: hidden ones are told neither of what is found nor of "
          "what is named",
          "[libp2p][announced]") {
  const auto found = announced_of(
      everywhere, machine, hiding({"127.0.0.0/8", "192.168.0.0/16", "::/0"}));
  CHECK(shown(found) == texts{"/ip4/203.0.113.5/tcp/4001"});
  CHECK(found.hidden == 4);
  const auto named = announced_of(
      {}, {},
      hiding({"10.0.0.0/8"}, {"/ip4/10.0.0.1/tcp/1", "/ip4/11.0.0.1/tcp/1"}));
  CHECK(shown(named) == texts{"/ip4/11.0.0.1/tcp/1"});
}

TEST_CASE("announced: of too many the public ones stay and loopback goes first",
          "[libp2p][announced]") {
  texts many{"127.0.0.1", "127.0.0.2"};
  for (int i = 0; i < 40; ++i)
    many.push_back("10.0.0." + std::to_string(i));
  many.emplace_back("203.0.113.5");
  const auto told = announced_of(addrs({"/ip4/0.0.0.0/tcp/1"}), ips(many), {});
  CHECK(told.addresses.size() == max_announced_addrs);
  CHECK(told.left_out == many.size() - max_announced_addrs);
  CHECK(told.addresses[0].to_text() == "/ip4/203.0.113.5/tcp/1");
  CHECK(told.addresses[1].to_text() == "/ip4/10.0.0.0/tcp/1");
  CHECK(told.addresses.back().to_text() == "/ip4/10.0.0.30/tcp/1");
}

TEST_CASE("announced: what cannot be told is refused, with the reason",
          "[libp2p][announced]") {
  const auto problem = [](const char* text,
                          std::optional<peer_id> self = std::nullopt) {
    return announce_problem(multiaddr::from_text(text).value(), self)
        .value_or("");
  };
  CHECK_THAT(problem("/ip4/0.0.0.0/tcp/4001"), Catch::Contains("others can"));
  CHECK_THAT(problem("/ip6/::/tcp/4001"), Catch::Contains("others can"));
  CHECK_THAT(problem("/ip4/192.0.2.1/tcp/0"), Catch::Contains("port"));
  CHECK(problem("/dns4/a.example/tcp/443/wss").empty());
  const auto* const mine =
      "/dns4/a/tcp/1/p2p/12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
  const auto me = multiaddr::from_text(mine)->peer();
  const auto other = peer_id::from_text(
      "12D3KooWFduumVkeJ5EbTAkm6jaSsd4UttMGaNRfGPC7E51si2dA");
  CHECK(problem(mine).empty());
  CHECK(problem(mine, me).empty());
  CHECK_THAT(problem(mine, other.value()), Catch::Contains("another peer's"));
}

TEST_CASE("announced: whoever cannot be reached is told so, and what to do",
          "[libp2p][announced]") {
  const auto warning = [](const std::vector<multiaddr>& bound,
                          const texts& interfaces,
                          const announce_rules& rules = {}) {
    return announce_warning(bound, rules,
                            announced_of(bound, ips(interfaces), rules))
        .value_or("");
  };
  CHECK_THAT(warning(everywhere, {}), Catch::Contains("--announce"));
  CHECK_THAT(warning(everywhere, {"127.0.0.1", "::1"}),
             Catch::Contains("only loopback") && Catch::Contains("--announce"));
  CHECK(warning(everywhere, {"127.0.0.1", "192.168.1.7"}).empty());
  // It was asked for.
  CHECK(warning({}, {}).empty());
  CHECK(warning(addrs({"/ip4/127.0.0.1/tcp/1"}), {}).empty());
  CHECK(warning(everywhere, {}, {addrs({"/dns4/a/tcp/1"}), {}}).empty());
  CHECK(warning(everywhere, {"127.0.0.1"}, hiding({"0.0.0.0/0"})).empty());
  texts many;
  for (int i = 0; i < 40; ++i)
    many.push_back("10.0.0." + std::to_string(i));
  CHECK_THAT(warning(everywhere, many),
             Catch::Contains("only 32") && Catch::Contains("8 are not"));
}
