// Whom a node stays connected to of those that its names have.
#include "tests/support/names_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using libp2p::multiaddr;

TEST_CASE(
    "named peers: of a few all are kept, and as the name grows a handful") {
  names_fixture f;
  f.answer_has(1, 3);
  CHECK(f.who() == std::set{1, 2, 3});
  f.answer_has(1, 100);
  const auto drawn = f.who();
  CHECK(drawn.size() == 12);
  // Whoever was there before stays.
  for (const int n : {1, 2, 3})
    CHECK(drawn.contains(n));
  // And so does what was drawn, whatever order the name has them in.
  auto found = names_fixture::numbers(1, 120);
  std::ranges::reverse(found.addresses);
  f.answer(found);
  CHECK(f.who() == drawn);
}

TEST_CASE("named peers: each node draws its own, and the same seed the same") {
  std::set<std::set<int>> all;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    names_fixture f{seed};
    f.answer_has(1, 100);
    CHECK(f.who().size() == 12);
    all.insert(f.who());
    names_fixture again{seed};
    again.answer_has(1, 100);
    CHECK(again.who() == f.who());
  }
  CHECK(all.size() == 20);
}

TEST_CASE(
    "named peers: nodes that each keep a handful are one network, without "
    "any two of them") {
  constexpr std::size_t count = 40;
  std::vector<std::vector<std::size_t>> links(count);
  for (std::size_t own = 0; own < count; ++own) {
    names_fixture f{own};
    f.names.use_self(numbered_peer(1000),
                     {numbered_address(static_cast<int>(own))});
    f.answer_has(0, count - 1);
    CHECK(f.who().size() == 12);
    for (const int one : f.who()) {
      const auto other = static_cast<std::size_t>(one);
      CHECK(other != own);
      links[own].push_back(other);
      links[other].push_back(own);
    }
  }
  const auto heard_without = [&](std::size_t a, std::size_t b) {
    std::vector<char> heard(count, 0);
    heard[a] = heard[b] = 1;
    std::vector<std::size_t> queue{
        static_cast<std::size_t>(std::ranges::find(heard, 0) - heard.begin())};
    heard[queue.front()] = 1;
    for (std::size_t at = 0; at < queue.size(); ++at)
      for (const auto to : links[queue[at]])
        if (std::exchange(heard[to], 1) == 0)
          queue.push_back(to);
    return queue.size();
  };
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = a + 1; b < count; ++b)
      if (heard_without(a, b) != count - 2)
        FAIL("without " << a << " and " << b);
}

TEST_CASE("named peers: who goes from the name gives his place to another") {
  names_fixture f;
  f.answer_has(1, 13);
  const auto before = f.who();
  REQUIRE(before.size() == 12);
  const int gone = *before.begin();
  auto found = names_fixture::numbers(1, 13);
  std::erase(found.addresses, numbered_address(gone));
  f.answer(found);
  CHECK(f.who().size() == 12);
  CHECK_FALSE(f.who().contains(gone));
}

TEST_CASE("named peers: a connection stays when the name has it no more, and "
          "is not made again") {
  names_fixture f;
  f.answer_has(1, 3);
  f.connect(1);
  f.answer_has(2, 3);
  CHECK(f.who() == std::set{1, 2, 3});
  f.use(f.names.lost(numbered_address(1), f.now, f.gen));
  CHECK(f.who() == std::set{2, 3});
}

TEST_CASE(
    "named peers: no answer changes nobody, and that there is no such name "
    "all without a connection") {
  names_fixture f;
  f.answer_has(1, 3);
  f.connect(1);
  f.answer(trouble("nobody answers", false));
  CHECK(f.who() == std::set{1, 2, 3});
  f.answer(trouble("there is no such name", true));
  CHECK(f.who() == std::set{1});
}

TEST_CASE(
    "named peers: whoever cannot be reached for long gives his place, and "
    "is tried again when there is nobody else") {
  names_fixture f;
  SECTION("to another") {
    f.answer_has(1, 13);
    for (const int n : f.who())
      f.connect(n);
    const int dead = *f.who().begin();
    f.use(f.names.lost(numbered_address(dead), f.now, f.gen));
    f.now += 59s;
    f.use(f.names.failed(numbered_address(dead), f.now, f.gen));
    CHECK(f.who().contains(dead));
    f.now += 1s;
    f.use(f.names.failed(numbered_address(dead), f.now, f.gen));
    CHECK_FALSE(f.who().contains(dead));
    CHECK(f.who().size() == 12);
    // Back when one of the others goes.
    const int other = *f.who().begin();
    auto found = names_fixture::numbers(1, 13);
    std::erase(found.addresses, numbered_address(other));
    f.use(f.names.lost(numbered_address(other), f.now, f.gen));
    f.answer(found);
    CHECK(f.who().contains(dead));
    CHECK(f.who().size() == 12);
  }
  SECTION("or keeps it") {
    f.answer_has(1, 3);
    f.now += 1h;
    f.use(f.names.failed(numbered_address(1), f.now, f.gen));
    CHECK(f.who() == std::set{1, 2, 3});
  }
}

TEST_CASE("named peers: those who can be reached come before those who could "
          "not") {
  names_fixture f{42, {.per_name = 1}};
  f.answer_has(1, 3);
  std::set<int> tried;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(f.who().size() == 1);
    const int at = *f.who().begin();
    CHECK(tried.insert(at).second);
    f.now += 60s;
    f.use(f.names.failed(numbered_address(at), f.now, f.gen));
  }
  // All rest: the last one is kept until the first has rested.
  CHECK(tried.contains(*f.who().begin()));
  f.now += 10min;
  f.use(f.names.failed(numbered_address(*f.who().begin()), f.now, f.gen));
  CHECK(f.who().size() == 1);
}

// -- oneself and twins --------------------------------------------------------

TEST_CASE("named peers: a node is none of its own peers") {
  names_fixture f;
  SECTION("by the address that it listens at") {
    f.names.use_self(numbered_peer(1000), {numbered_address(2)});
    f.answer_has(1, 3);
    CHECK(f.who() == std::set{1, 3});
  }
  SECTION("by what a handshake has told") {
    f.answer_has(1, 13);
    const int own = *f.who().begin();
    f.use(f.names.leave_out(numbered_address(own), f.now, f.gen));
    CHECK_FALSE(f.who().contains(own));
    CHECK(f.who().size() == 12);
    f.answer_has(1, 13);
    CHECK_FALSE(f.who().contains(own));
    // Once the name had it no longer, it is another's.
    auto found = names_fixture::numbers(1, 13);
    std::erase(found.addresses, numbered_address(own));
    f.answer(found);
    f.answer_has(own, own);
    CHECK(f.who() == std::set{own});
  }
  SECTION("by its id") {
    f.names.use_self(numbered_peer(1), {});
    libp2p::found_addresses found;
    found.addresses = {numbered_address(1).with_peer(numbered_peer(1)),
                       numbered_address(2).with_peer(numbered_peer(2))};
    f.answer(found);
    CHECK(f.kept
          == std::set{multiaddr{}.with_peer(numbered_peer(2)).to_text()});
  }
}

TEST_CASE("named peers: all addresses of a peer that records name are one") {
  names_fixture f;
  const auto first = numbered_address(1).with_peer(numbered_peer(1));
  const auto second = numbered_address(2).with_peer(numbered_peer(1));
  const auto peer = multiaddr{}.with_peer(numbered_peer(1));
  libp2p::found_addresses found;
  found.addresses = {first, second};
  f.answer(found);
  CHECK(f.kept == std::set{peer.to_text()});
  CHECK(f.names.dialled(peer) == std::vector{first, second});
  CHECK(f.names.dialled(numbered_address(3))
        == std::vector{numbered_address(3)});
  found.addresses = {second};
  f.answer(found);
  CHECK(f.kept == std::set{peer.to_text()});
  CHECK(f.names.dialled(peer) == std::vector{second});
}

TEST_CASE("named peers: of several addresses that lead to one peer one is "
          "kept") {
  names_fixture f{42, {.per_name = 2}};
  f.answer_has(1, 3);
  const auto both = f.who();
  REQUIRE(both.size() == 2);
  const int first = *both.begin();
  const int twin = *both.rbegin();
  f.connect(first);
  f.use(f.names.connected(numbered_address(twin), numbered_peer(first), f.now,
                          f.gen));
  CHECK_FALSE(f.who().contains(twin));
  CHECK(f.who().size() == 2);
  f.answer_has(1, 3);
  CHECK_FALSE(f.who().contains(twin));
  // Without the other one it counts again.
  libp2p::found_addresses found;
  found.addresses = {numbered_address(twin)};
  f.use(f.names.lost(numbered_address(first), f.now, f.gen));
  f.answer(found);
  CHECK(f.who() == std::set{twin});
}

TEST_CASE("named peers: somebody who is not wanted is left out") {
  names_fixture f;
  f.answer_has(1, 3);
  f.connect(2);
  f.use(f.names.leave_out(numbered_peer(2), f.now, f.gen));
  CHECK(f.who() == std::set{1, 3});
  f.answer_has(1, 3);
  CHECK(f.who() == std::set{1, 3});
}

// -- several names ------------------------------------------------------------

TEST_CASE("named peers: what two names have is kept until neither has it") {
  names_fixture f;
  const auto other = named_address("/dns4/others.test/tcp/4001");
  f.answer_has(1, 2);
  f.connect(1);
  f.names.add(other, f.now);
  REQUIRE(f.names.due(f.now) == std::vector{other});
  f.use(
      f.names.answered(other, names_fixture::numbers(2, 3), f.now, f.gen).what);
  CHECK(f.who() == std::set{1, 2, 3});
  f.use(f.names.forget(peers_name));
  CHECK(f.who() == std::set{2, 3});
  f.use(f.names.forget(other));
  CHECK(f.who().empty());
  CHECK_FALSE(f.names.next());
}
