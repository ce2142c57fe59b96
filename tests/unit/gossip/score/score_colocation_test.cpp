// P6 (gossipsub-v1.1, "IP Colocation Factor").
#include "gossip/score/score_colocation.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

score_parameters with_colocation(std::size_t threshold) {
  auto p = neutral_score();
  p.colocation = {-1, threshold, {}};
  p.behaviour = {-1, 0, 0.5};
  return p;
}

} // namespace

TEST_CASE("P6: the square of the peers at one address beyond the threshold",
          "[peer_score]") {
  score_fixture f{with_colocation(2)};
  const auto first = f.add(1, {"1.2.3.4"});
  f.add(2, {"1.2.3.4"});
  CHECK(f.score(first) == 0);
  const auto third = f.add(3, {"1.2.3.4"});
  CHECK(f.score(first) == -1);
  CHECK(f.score(third) == -1);
  f.add(4, {"1.2.3.4"});
  CHECK(f.score(first) == -4);
  f.remove(third);
  CHECK(f.score(first) == -1);
  CHECK(f.score(f.add(5, {"1.2.3.5"})) == 0);
}

TEST_CASE("P6: several connections from one address are one peer there",
          "[peer_score]") {
  score_fixture f{with_colocation(1)};
  const auto peer = f.add(1, {"1.2.3.4", "1.2.3.4", "::ffff:1.2.3.4"});
  CHECK(f.score(peer) == 0);
}

TEST_CASE("P6: all addresses of a peer count", "[peer_score]") {
  score_fixture f{with_colocation(1)};
  f.add(1, {"1.2.3.4"});
  f.add(2, {"1.2.3.5"});
  f.add(3, {"1.2.3.5"});
  const auto both = f.add(4, {"1.2.3.4", "1.2.3.5"});
  CHECK(f.score(both) == -5);
}

TEST_CASE("P6: an IPv6 address counts, and its /64", "[peer_score]") {
  score_fixture f{with_colocation(1)};
  const auto peer = f.add(1, {"2001:db8::1"});
  f.add(2, {"2001:db8::2"});
  CHECK(f.score(peer) == -1);
  f.add(3, {"2001:db8::1"});
  CHECK(f.score(peer) == -1 - 4);
  f.add(4, {"2001:db8:0:1::1"});
  CHECK(f.score(peer) == -5);
}

TEST_CASE("P6: the first address of a /64 is not taken for all of it",
          "[peer_score]") {
  score_fixture f{with_colocation(1)};
  const auto peer = f.add(1, {"2001:db8::"});
  f.add(2, {"2001:db8::2"});
  CHECK(f.score(peer) == -1);
}

TEST_CASE("P6: loopback addresses do not count", "[peer_score]") {
  score_fixture f{with_colocation(1)};
  const auto four = f.add(1, {"127.0.0.1"});
  f.add(2, {"127.0.0.1"});
  const auto six = f.add(3, {"::1"});
  f.add(4, {"::1"});
  CHECK(f.score(four) == 0);
  CHECK(f.score(six) == 0);
}

TEST_CASE("P6: whitelisted ranges do not count", "[peer_score]") {
  auto p = with_colocation(1);
  p.colocation.whitelist = {
      libp2p::ip_prefix::from_text("10.0.0.0/8").value(),
      libp2p::ip_prefix::from_text("2001:db8::/32").value()};
  score_fixture f{p};
  const auto inside = f.add(1, {"10.1.2.3", "2001:db8::1"});
  f.add(2, {"10.1.2.3", "2001:db8::1"});
  const auto outside = f.add(3, {"11.1.2.3"});
  f.add(4, {"11.1.2.3"});
  CHECK(f.score(inside) == 0);
  CHECK(f.score(outside) == -1);
}

TEST_CASE("P6: the addresses of a peer change", "[peer_score]") {
  score_fixture f{with_colocation(1)};
  const auto stays = f.add(1, {"1.2.3.4"});
  const auto moves = f.add(2, {"1.2.3.4"});
  CHECK(f.score(stays) == -1);
  f.scores.set_ips(moves, addresses({"1.2.3.5"}));
  CHECK(f.score(stays) == 0);
  CHECK(f.score(moves) == 0);
  f.scores.set_ips(moves, addresses({"1.2.3.5", "1.2.3.4"}));
  CHECK(f.score(stays) == -1);
  f.scores.set_ips(moves, {});
  CHECK(f.score(stays) == 0);
}

TEST_CASE("P6: a peer whose score is remembered still counts", "[peer_score]") {
  auto p = with_colocation(1);
  p.retention = 10s;
  score_fixture f{p};
  const auto bad = f.add(1, {"1.2.3.4"});
  f.scores.penalize(bad, 1);
  f.remove(bad);
  const auto next = f.add(2, {"1.2.3.4"});
  CHECK(f.score(next) == -1);
  f.pass(11s);
  CHECK(f.score(next) == 0);
}

TEST_CASE("P6: a bounded number of addresses, and no places left behind",
          "[peer_score]") {
  score_colocation places{{-1, 1, {}}, 2};
  score_colocation::places held;
  places.move(held, addresses({"1.2.3.4", "1.2.3.5", "1.2.3.6"}));
  CHECK(places.size() == 2);
  places.move(held, addresses({"1.2.3.5", "2001:db8::1"}));
  CHECK(places.size() == 3);
  places.move(held, {});
  CHECK(places.size() == 0);
}
