#include "gossip/cache/promises.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

constexpr time_point start{1h};
constexpr auto deadline = start + 3s;

message_id id(int number) {
  return message_id{"message " + std::to_string(number)};
}

const libp2p::peer_id a = numbered_peer(1);
const libp2p::peer_id b = numbered_peer(2);

std::vector<broken_promises> broken(promises& all, time_point now) {
  std::vector<broken_promises> out;
  all.broken(now, out);
  return out;
}

std::size_t count_of(const std::vector<broken_promises>& all,
                     const libp2p::peer_id& peer) {
  const auto i = std::find_if(all.begin(), all.end(), [&](const auto& one) {
    return one.peer == peer;
  });
  return i == all.end() ? 0 : i->count;
}

} // namespace

TEST_CASE("promises: broken once their deadline has passed", "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  CHECK(broken(all, deadline).empty());
  const auto found = broken(all, deadline + 1ns);
  REQUIRE(found.size() == 1);
  CHECK(found[0].peer == a);
  CHECK(found[0].count == 1);
  CHECK(all.size() == 0);
  CHECK(broken(all, deadline + 1s).empty());
}

TEST_CASE("promises: each broken one counts, a peer is told once",
          "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  all.track(b, id(2), deadline);
  all.track(a, id(2), deadline);
  all.track(a, id(3), deadline + 1s);
  const auto found = broken(all, deadline + 1ns);
  CHECK(found.size() == 2);
  CHECK(count_of(found, a) == 2);
  CHECK(count_of(found, b) == 1);
  CHECK(count_of(broken(all, deadline + 2s), a) == 1);
}

TEST_CASE("promises: a message fulfils those of all peers", "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  all.track(b, id(1), deadline);
  all.track(a, id(2), deadline);
  all.fulfilled(id(1).raw());
  CHECK(all.size() == 1);
  all.fulfilled("unknown");
  const auto found = broken(all, deadline + 1s);
  CHECK(count_of(found, a) == 1);
  CHECK(count_of(found, b) == 0);
}

TEST_CASE("promises: asked again, the first deadline stays", "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  all.track(a, id(1), deadline + 10s);
  CHECK(all.size() == 1);
  CHECK(count_of(broken(all, deadline + 1s), a) == 1);
}

TEST_CASE("promises: those of a peer that is not accepted are void",
          "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  all.track(b, id(1), deadline);
  all.track(a, id(2), deadline);
  all.forget(a);
  all.forget(a);
  CHECK(all.size() == 1);
  const auto found = broken(all, deadline + 1s);
  CHECK(count_of(found, a) == 0);
  CHECK(count_of(found, b) == 1);
}

TEST_CASE("promises: in the order of deadlines, whatever that of asking",
          "[promises]") {
  promises all;
  all.track(a, id(1), deadline + 2s);
  all.track(a, id(2), deadline);
  all.track(a, id(3), deadline + 1s);
  CHECK(count_of(broken(all, deadline + 1ns), a) == 1);
  CHECK(count_of(broken(all, deadline + 1s + 1ns), a) == 1);
  CHECK(all.size() == 1);
}

TEST_CASE("promises: bounded for each peer, and together", "[promises]") {
  promises all{{.per_peer = 2, .total = 3}};
  for (int i = 0; i < 5; ++i)
    all.track(a, id(i), deadline);
  CHECK(all.size() == 2);
  all.track(b, id(1), deadline);
  all.track(b, id(2), deadline);
  CHECK(all.size() == 3);
  all.fulfilled(id(1).raw());
  all.track(b, id(2), deadline);
  CHECK(all.size() == 2);
}

TEST_CASE("promises: a message that comes within the grace makes good, once",
          "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  all.track(b, id(1), deadline);
  all.track(a, id(2), deadline);
  CHECK_FALSE(all.any_late());
  REQUIRE(broken(all, deadline + 1s).size() == 2);
  CHECK(all.any_late());
  std::vector<broken_promises> late;
  all.made_good(id(1).raw(), deadline + 60s, late);
  CHECK(count_of(late, a) == 1);
  CHECK(count_of(late, b) == 1);
  late.clear();
  all.made_good(id(1).raw(), deadline + 60s, late);
  all.made_good(id(2).raw(), deadline + 60s + 1ns, late);
  CHECK(late.empty());
  CHECK_FALSE(all.any_late());
}

TEST_CASE("promises: of too many broken ones the oldest cannot be made good",
          "[promises]") {
  promises all{{.late = 2}};
  for (int i = 0; i < 3; ++i)
    all.track(a, id(i), deadline);
  broken(all, deadline + 1s);
  std::vector<broken_promises> late;
  for (int i = 0; i < 3; ++i)
    all.made_good(id(i).raw(), deadline + 2s, late);
  CHECK(late.size() == 2);
}

TEST_CASE("promises: a node that was held up gives all of them as much longer",
          "[promises]") {
  promises all;
  all.track(a, id(1), deadline);
  all.postpone(5s);
  CHECK(broken(all, deadline + 5s).empty());
  CHECK(broken(all, deadline + 5s + 1ns).size() == 1);
}
