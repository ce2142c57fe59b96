// The peers that names have, as the node keeps them.
#include "tests/support/node_fixture.hpp"
#include "tests/support/numbered_address.hpp"

#include <set>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using Catch::Contains;
using libp2p::multiaddr;

namespace {

const auto wanted_name =
    multiaddr::from_text("/dns4/peers.test/tcp/4001").value();

address_resolved numbers(int from, int to) {
  address_resolved result;
  for (int n = from; n <= to; ++n)
    result.found.addresses.push_back(numbered_address(n));
  result.found.ttl = 10s;
  return result;
}

// A node that keeps the peers of a name.
struct name_fixture {
  explicit name_fixture(
      const address_resolved& first,
      const node_fixture::change& more = [](node_config&) {})
      : f{[more](node_config& c) {
            c.peers = {wanted_name};
            more(c);
          },
          false} {
    f.resolver.answer<resolve_address>(first);
    REQUIRE(f.start()->value);
    f.run();
  }

  // From now on the name has these, and the node has asked again.
  void has(const address_resolved& what) {
    f.resolver.answer<resolve_address>(what);
    f.advance(20s);
  }

  node_fixture::started_dial& dial_to(const multiaddr& address) {
    const auto found =
        std::find_if(f.dials.rbegin(), f.dials.rend(), [&](const auto& one) {
          return one.addresses.front() == address;
        });
    REQUIRE(found != f.dials.rend());
    return *found;
  }

  std::set<std::string> kept() {
    std::set<std::string> result;
    for (const auto& one : f.inspect().kept)
      result.insert(one.address.to_text());
    return result;
  }

  kept_address shown(const multiaddr& address) {
    for (const auto& one : f.inspect().kept)
      if (one.address == address)
        return one;
    FAIL(address.to_text() << " is not shown");
    return {};
  }

  node_fixture f;
};

} // namespace

TEST_CASE("node, names: each address of a name is dialled, and as it grows a "
          "handful") {
  name_fixture n{numbers(1, 3)};
  CHECK(n.f.dials.size() == 3);
  CHECK(n.f.resolver.only<resolve_address>().address == wanted_name);
  CHECK(n.kept()
        == std::set<std::string>{
            wanted_name.to_text(), numbered_address(1).to_text(),
            numbered_address(2).to_text(), numbered_address(3).to_text()});
  for (int i = 1; i <= 3; ++i)
    n.f.reach(n.dial_to(numbered_address(i)), static_cast<unsigned>(i));
  n.has(numbers(1, 100));
  CHECK(n.f.dials.size() == 12);
  CHECK(n.kept().size() == 13);
  n.has(numbers(1, 100));
  // Those that nobody has decided about are still being dialled.
  CHECK(n.f.dials.size() == 12);
}

TEST_CASE("node, names: how many are kept can be said") {
  name_fixture n{numbers(1, 30), [](node_config& c) { c.peers_per_name = 5; }};
  CHECK(n.f.dials.size() == 5);
}

TEST_CASE("node, names: an address that is gone is not dialled again") {
  name_fixture n{numbers(1, 2)};
  n.f.reach(n.dial_to(numbered_address(1)), 1);
  n.f.reach(n.dial_to(numbered_address(2)), 2);
  n.has(numbers(2, 3));
  CHECK(n.f.dials.size() == 3);
  CHECK(n.f.connected(1));
  n.f.lose(1);
  n.f.lose(2);
  n.f.advance(1min);
  // The one that is left, and the new one is still being dialled.
  CHECK(n.f.dials.size() == 4);
  CHECK(n.f.dials.back().addresses == std::vector{numbered_address(2)});
}

TEST_CASE("node, names: a peer that is lost is dialled again") {
  name_fixture n{numbers(1, 1)};
  n.f.reach(1);
  CHECK(n.shown(wanted_name).connected);
  n.f.lose(1);
  CHECK_FALSE(n.shown(wanted_name).connected);
  n.f.advance(5s);
  REQUIRE(n.f.dials.size() == 2);
  n.f.reach(1);
  CHECK(n.f.connected(1));
}

TEST_CASE("node, names: a node leaves itself out") {
  SECTION("that listens there") {
    // The fixture's listener has a port of its own.
    name_fixture n{{}, [](node_config& c) {
                     c.listen = {*multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
                   }};
    auto found = numbers(1, 1);
    found.found.addresses.push_back(
        n.f.inspect().addresses.at(0).without_peer());
    n.has(found);
    REQUIRE(n.f.dials.size() == 1);
    CHECK(n.f.dials[0].addresses == std::vector{numbered_address(1)});
  }
  SECTION("that it has met in a handshake") {
    name_fixture n{numbers(1, 2)};
    auto& own = n.dial_to(numbered_address(2));
    n.f.say(dial_failed{own.attempt, numbered_address(2),
                        "it is this node itself", handshake_failure::wrong_peer,
                        true});
    CHECK_THAT(n.f.log(), Contains("a name has this node, too: its own address "
                                   "is left out addr=/ip4/192.0.2.2/tcp/4001"));
    CHECK_FALSE(n.kept().contains(numbered_address(2).to_text()));
    n.f.advance(5min);
    n.has(numbers(1, 2));
    CHECK(n.f.dials.size() == 2);
    CHECK_FALSE(n.kept().contains(numbered_address(2).to_text()));
  }
}

TEST_CASE("node, names: whoever cannot be reached for long gives his place") {
  name_fixture n{numbers(1, 2), [](node_config& c) { c.peers_per_name = 1; }};
  REQUIRE(n.f.dials.size() == 1);
  const auto first = n.f.dials[0].addresses.front();
  for (int i = 0; i < 20 && n.f.dials.back().addresses.front() == first; ++i) {
    n.f.fail(n.f.dials.back());
    n.f.advance(30s);
  }
  CHECK(n.f.dials.back().addresses.front() != first);
  CHECK(n.kept().size() == 2);
}

TEST_CASE("node, names: records may say whose several addresses are") {
  address_resolved found;
  found.found.addresses = {numbered_address(1).with_peer(numbered_peer(1)),
                           numbered_address(2).with_peer(numbered_peer(1))};
  found.found.ttl = 10s;
  name_fixture n{found};
  REQUIRE(n.f.dials.size() == 1);
  CHECK(n.f.dials[0].addresses == found.found.addresses);
  n.f.reach(1);
  CHECK(n.shown(multiaddr{}.with_peer(numbered_peer(1))).connected);
  n.f.lose(1);
  n.f.advance(5s);
  REQUIRE(n.f.dials.size() == 2);
  CHECK(n.f.dials[1].addresses == found.found.addresses);
}

TEST_CASE(
    "node, names: a name that is not found is said once, shown, and asked "
    "for again") {
  address_resolved none;
  none.found.error = "there is no such name";
  none.found.absent = true;
  name_fixture n{none};
  for (int i = 0; i < 20; ++i)
    n.f.advance(30s);
  CHECK(n.f.resolver.all<resolve_address>().size() > 10);
  const auto log = n.f.log();
  const std::string line = "warning a name's peers are not found: there is no "
                           "such name; check how it is written, and that it "
                           "has records of this kind "
                           "name=/dns4/peers.test/tcp/4001";
  const auto at = log.find(line);
  REQUIRE(at != std::string::npos);
  CHECK(log.find("not found", at + line.size()) == std::string::npos);
  const auto shown = n.shown(wanted_name);
  CHECK_FALSE(shown.connected);
  CHECK(shown.failures > 10);
  CHECK_THAT(shown.trouble, Contains("there is no such name"));
  n.f.resolver.answer<resolve_address>(numbers(1, 3));
  n.f.advance(1min);
  CHECK(n.f.dials.size() == 3);
  CHECK_THAT(n.f.log(), Contains("info a name's peers are found: it has 3 "
                                 "addresses name="));
  CHECK(n.shown(wanted_name).trouble.empty());
}

TEST_CASE("node, names: without the name nobody is kept for it") {
  name_fixture n{numbers(1, 3)};
  CHECK(n.kept().size() == 4);
  n.f.ask_node<changed>(change_settings{});
  n.f.run();
  CHECK(n.kept().empty());
  const auto asked = n.f.resolver.all<resolve_address>().size();
  n.f.advance(10min);
  CHECK(n.f.resolver.all<resolve_address>().size() == asked);
}

TEST_CASE("node, names: what was given stays, whatever a name has") {
  name_fixture n{numbers(1, 2), [](node_config& c) {
                   c.peers = {wanted_name, numbered_address(1)};
                 }};
  CHECK(n.f.dials.size() == 2);
  n.has(numbers(2, 2));
  CHECK(n.kept().contains(numbered_address(1).to_text()));
}

TEST_CASE(
    "node, names: a name with a peer's id is that peer, and looked up when "
    "he is dialled") {
  const auto one = wanted_name.with_peer(numbered_peer(1));
  name_fixture n{numbers(1, 3), [&](node_config& c) { c.peers = {one}; }};
  REQUIRE(n.f.dials.size() == 1);
  CHECK(n.f.dials[0].addresses == std::vector{one});
  CHECK(n.f.resolver.all<resolve_address>().empty());
}

TEST_CASE("node, names: a resolver that dies is started again") {
  name_fixture n{numbers(1, 1)};
  n.f.resolver.die();
  n.f.run();
  CHECK_THAT(n.f.log(), Contains("the resolver has died"));
  REQUIRE(n.f.more_resolvers.size() == 1);
  n.f.advance(20s);
  CHECK_FALSE(n.f.more_resolvers[0].all<resolve_address>().empty());
}

TEST_CASE("node, names: what a name server's place must be is said") {
  node_fixture f{[](node_config& c) { c.dns_servers = {{"dns.test"}}; }, false};
  const auto answer = f.start();
  CHECK(answer->code == node_errc::bad_parameters);
  CHECK_THAT(answer->error, Contains("\"dns.test\" is not possible"));
}
