#include "actors/node/named_peers.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/numbered_address.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using Catch::Contains;
using libp2p::multiaddr;

namespace {

multiaddr named_address(const std::string& text) {
  return multiaddr::from_text(text).value();
}

const auto peers_name = named_address("/dns4/peers.test/tcp/4001");

// What a node does with its names, in virtual time: who is kept, as it is told.
struct names_fixture {
  explicit names_fixture(std::uint64_t seed = 42,
                         const named_peers_options& options = {})
      : gen{seed}, names{options} {
    names.add(peers_name, now);
  }

  void use(const named_peers::changes& what) {
    for (const auto& one : what.drop)
      CHECK(kept.erase(one.to_text()) == 1);
    for (const auto& one : what.keep)
      CHECK(kept.insert(one.to_text()).second);
  }

  static libp2p::found_addresses numbers(int from, int to,
                                         std::chrono::seconds ttl = 30s) {
    libp2p::found_addresses found;
    for (int n = from; n <= to; ++n)
      found.addresses.push_back(numbered_address(n));
    found.ttl = ttl;
    return found;
  }

  named_peers::outcome answer(const libp2p::found_addresses& found) {
    if (const auto next = names.next())
      now = std::max(now, *next);
    REQUIRE(names.due(now) == std::vector{peers_name});
    CHECK_FALSE(names.next());
    auto result = names.answered(peers_name, found, now, gen);
    use(result.what);
    return result;
  }

  named_peers::outcome answer_has(int from, int to) {
    return answer(numbers(from, to));
  }

  void connect(int n) {
    use(names.connected(numbered_address(n),
                        numbered_peer(static_cast<unsigned>(n)), now, gen));
  }

  // Of the numbers, those who are kept.
  std::set<int> who() const {
    std::set<int> result;
    for (int n = 0; n < 256; ++n)
      if (kept.contains(numbered_address(n).to_text()))
        result.insert(n);
    return result;
  }

  time_point now{1'000s};
  gossip::rng gen;
  named_peers names;
  std::set<std::string> kept;
};

libp2p::found_addresses trouble(const std::string& why, bool absent) {
  libp2p::found_addresses found;
  found.error = why;
  found.absent = absent;
  return found;
}

} // namespace

// -- who ----------------------------------------------------------------------

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

// -- when ---------------------------------------------------------------------

TEST_CASE(
    "named peers: a name is asked for as long as its records hold, within "
    "bounds and not in step") {
  struct {
    std::chrono::seconds ttl;
    std::chrono::milliseconds least;
    std::chrono::milliseconds most;
  } const each[] = {
      {0s, 5s, 6'250ms},
      {30s, 30s, 37'500ms},
      {3'600s, 60s, 75s},
      {std::chrono::seconds{0x7fffffff}, 60s, 75s},
  };
  for (const auto& one : each) {
    std::set<std::chrono::nanoseconds> pauses;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      names_fixture f{seed};
      f.answer(names_fixture::numbers(1, 3, one.ttl));
      const auto pause = f.names.next().value() - f.now;
      CHECK(pause >= one.least);
      CHECK(pause <= one.most);
      pauses.insert(pause);
    }
    CHECK(pauses.size() > 10);
  }
}

TEST_CASE("named peers: after failures the pauses double, and begin anew") {
  names_fixture f;
  for (auto full = 1'000ms; full < 60s; full *= 2) {
    f.answer(trouble("nobody answers", false));
    const auto pause = f.names.next().value() - f.now;
    CHECK(pause >= full / 2);
    CHECK(pause <= full);
  }
  f.answer(trouble("nobody answers", false));
  CHECK(f.names.next().value() - f.now >= 30s);
  f.answer_has(1, 3);
  f.answer(trouble("nobody answers", false));
  CHECK(f.names.next().value() - f.now <= 1s);
}

TEST_CASE("named peers: whoever is lost may be somewhere else already") {
  names_fixture f;
  f.answer(names_fixture::numbers(1, 3, 60s));
  f.connect(1);
  f.now += 2s;
  f.use(f.names.lost(numbered_address(1), f.now, f.gen));
  CHECK(f.names.next() == f.now + 3s);
  f.answer(names_fixture::numbers(1, 3, 60s));
  f.connect(1);
  f.now += 30s;
  f.use(f.names.lost(numbered_address(1), f.now, f.gen));
  CHECK(f.names.next() == f.now);
}

// -- what people see ----------------------------------------------------------

TEST_CASE("named peers: it is said when it is another thing with a name than "
          "before") {
  names_fixture f;
  auto got = f.answer_has(1, 3);
  CHECK(got.good);
  CHECK(got.news == "a name's peers are found: it has 3 addresses");
  CHECK_FALSE(f.answer_has(1, 4).news);
  got = f.answer(trouble("there is no such name", true));
  CHECK_FALSE(got.good);
  REQUIRE(got.news);
  CHECK_THAT(*got.news,
             Contains("a name's peers are not found: there is no such name; "
                      "check how it is written"));
  CHECK_FALSE(f.answer(trouble("there is no such name", true)).news);
  got = f.answer(trouble("no name server answers in time", false));
  REQUIRE(got.news);
  CHECK_THAT(*got.news, Contains("in time; check that the name server"));
  auto some = names_fixture::numbers(1, 3);
  some.problems = {"a record has no address"};
  got = f.answer(some);
  CHECK_FALSE(got.good);
  CHECK(got.news
        == "not all records of a name are of use: a record has no address");
  CHECK(f.who().size() == 3);
  got = f.answer_has(1, 3);
  CHECK(got.good);
  CHECK(got.news);
}

TEST_CASE(
    "named peers: a name shows whether anybody is connected, and why not") {
  names_fixture f;
  f.answer_has(1, 3);
  REQUIRE(f.names.list().size() == 1);
  CHECK(f.names.list()[0].address == peers_name);
  CHECK_FALSE(f.names.list()[0].connected);
  f.connect(2);
  CHECK(f.names.list()[0].connected);
  f.answer(trouble("nobody answers", false));
  f.answer(trouble("nobody answers", false));
  const auto shown = f.names.list()[0];
  CHECK(shown.failures == 2);
  CHECK_THAT(shown.trouble, Contains("nobody answers"));
}
