#include "gossip/mesh/backoff.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using test::numbered_peer;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};
const auto peer = numbered_peer(1);
constexpr peer_handle handle{1, 0};

// Whether a backoff lasts.
bool active(const backoff_table& table, const libp2p::peer_id& who,
            time_point now, std::string_view topic = "t") {
  const auto end = table.expiry(topic, who);
  return end && now < *end;
}

} // namespace

TEST_CASE("backoff: lasts as long as given, for that topic and peer",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s);
  CHECK(active(table, peer, start + 60s - 1ms));
  CHECK_FALSE(active(table, peer, start + 60s));
  CHECK_FALSE(active(table, peer, start, "u"));
  CHECK_FALSE(active(table, numbered_peer(2), start));
}

TEST_CASE("backoff: the later expiry stays", "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s);
  table.add("t", peer, handle, start + 1s, 10s);
  CHECK(table.expiry("t", peer) == start + 60s);
  table.add("t", peer, handle, start + 1s, 60s);
  CHECK(table.expiry("t", peer) == start + 61s);
  CHECK(table.size() == 1);
}

TEST_CASE("backoff: cleared only after the slack", "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 10s);
  table.add("u", peer, handle, start, 20s);
  table.clear_expired(start + 12s - 1ms, 2s);
  CHECK(table.expiry("t", peer));
  table.clear_expired(start + 12s, 2s);
  CHECK_FALSE(table.expiry("t", peer));
  CHECK(table.size() == 1);
  table.clear_expired(start + 22s, 2s);
  CHECK(table.size() == 0);
}

TEST_CASE("backoff: no PRUNE imposes more than the limit", "[backoff]") {
  mesh_limits limits;
  limits.max_backoff = 3600s;
  backoff_table table{limits};
  table.add("t", peer, handle, start, std::chrono::seconds::max());
  CHECK(table.expiry("t", peer) == start + 3600s);
}

TEST_CASE("backoff: a topic keeps no more than the limit", "[backoff]") {
  mesh_limits limits;
  limits.backoffs_per_topic = 2;
  backoff_table table{limits};
  for (std::uint32_t i = 1; i <= 3; ++i)
    table.add("t", numbered_peer(i), {i, 0}, start, 60s);
  table.add("u", numbered_peer(3), {3, 0}, start, 60s);
  CHECK(table.size() == 3);
}

TEST_CASE("backoff: in a full topic the longest one goes, so that strangers "
          "cannot keep out the others",
          "[backoff]") {
  mesh_limits limits;
  limits.backoffs_per_topic = 2;
  backoff_table table{limits};
  table.add("t", numbered_peer(1), {1, 0}, start, 600s);
  table.add("t", numbered_peer(2), {2, 0}, start, 500s);
  table.add("t", numbered_peer(3), {3, 0}, start, 60s);
  CHECK(table.size() == 2);
  CHECK_FALSE(active(table, numbered_peer(1), start));
  CHECK(active(table, numbered_peer(2), start));
  CHECK(active(table, numbered_peer(3), start));
}

TEST_CASE("backoff: who is backed off, of those that are connected",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  const auto after = [&](time_point moment) {
    std::vector<peer_handle> who;
    table.ending_after("t", moment, who);
    return who;
  };
  table.add("t", peer, handle, start, 60s);
  table.add("t", numbered_peer(2), {2, 0}, start, 10s);
  table.add("u", numbered_peer(3), {3, 0}, start, 60s);
  CHECK(after(start) == std::vector<peer_handle>{handle, {2, 0}});
  CHECK(after(start + 10s) == std::vector{handle});
  CHECK(after(start + 60s).empty());
  table.set_handle(peer, {});
  CHECK(after(start + 10s).empty());
  table.set_handle(peer, {7, 1});
  table.set_handle(numbered_peer(9), {9, 0});
  CHECK(after(start + 10s) == std::vector<peer_handle>{{7, 1}});
}

TEST_CASE("backoff: an identity is forgotten with its last one", "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 10s);
  table.add("u", peer, handle, start, 20s);
  table.add("u", numbered_peer(2), {2, 0}, start, 10s);
  table.clear_expired(start + 10s, 0s);
  CHECK(table.peer_count() == 1);
  CHECK(table.expiry("u", peer) == start + 20s);
  // The number that became free is somebody else's now.
  table.add("u", numbered_peer(3), {3, 0}, start, 30s);
  CHECK(table.expiry("u", peer) == start + 20s);
  CHECK_FALSE(table.expiry("u", numbered_peer(2)));
  table.clear_expired(start + 30s, 0s);
  CHECK(table.peer_count() == 0);
}

TEST_CASE("backoff: a GRAFT during it is refused, told what is left, and does "
          "not extend it",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s, pruner::we, 1);
  for (const auto after : {1s, 20s, 59s}) {
    const auto early = table.refuse("t", peer, 1, start + after, 10s);
    REQUIRE(early);
    CHECK(early->left == 60s - after);
  }
  CHECK(table.expiry("t", peer) == start + 60s);
  CHECK_FALSE(table.refuse("t", peer, 1, start + 60s, 10s));
  CHECK_FALSE(table.refuse("u", peer, 1, start, 10s));
}

TEST_CASE("backoff: one GRAFT for each pause and one more may come, what is "
          "beyond is an offence, and soon after the PRUNE a worse one",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s, pruner::we, 1);
  const auto offence = [&](std::chrono::milliseconds after) {
    const auto early = table.refuse("t", peer, 1, start + after, 10s);
    REQUIRE(early);
    CHECK(early->soon == (after < 10s));
    return early->offence;
  };
  // It may have crossed the PRUNE.
  CHECK_FALSE(offence(10ms));
  CHECK(offence(20ms));
  CHECK(offence(9'999ms));
  CHECK(offence(29s));
  CHECK_FALSE(offence(40s));
  CHECK(offence(41s));
}

TEST_CASE("backoff: whoever asks every ten seconds commits no offence",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s, pruner::we, 1);
  for (int i = 1; i < 6; ++i)
    CHECK_FALSE(
        table.refuse("t", peer, 1, start + i * 10s - 50ms, 10s)->offence);
  CHECK_FALSE(table.refuse("t", peer, 1, start + 60s, 10s));
}

TEST_CASE("backoff: what a peer imposed itself ends when it grafts on another "
          "connection, for itself and not for us",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 10s, pruner::peer, 1);
  // It may remember.
  CHECK(table.expiry("t", peer) == start + 10s);
  CHECK(table.refuse("t", peer, 1, start, 10s));
  table.add("u", peer, handle, start, 10s, pruner::peer, 1);
  CHECK_FALSE(table.refuse("u", peer, 2, start + 1s, 10s));
  CHECK_FALSE(active(table, peer, start + 1s, "u"));
  // It grafted in spite of its own PRUNE, and was told so: that holds.
  CHECK(table.refuse("t", peer, 2, start + 1s, 10s));
}

TEST_CASE("backoff: what we imposed holds on another connection, where the "
          "first GRAFT is no offence",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s, pruner::we, 1);
  // A PRUNE of its own does not lift it.
  table.add("t", peer, handle, start, 60s, pruner::peer, 1);
  for (std::uint32_t connection = 2; connection < 20; ++connection) {
    const auto first = table.refuse("t", peer, connection, start + 5s, 10s);
    REQUIRE(first);
    CHECK_FALSE(first->offence);
    CHECK(first->left == 55s);
    CHECK(table.refuse("t", peer, connection, start + 5s, 10s)->offence);
  }
}

TEST_CASE("backoff: PRUNE and GRAFT in turn are offences", "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  int offences = 0;
  for (int i = 0; i < 10; ++i) {
    table.add("t", peer, handle, start, 60s, pruner::peer, 1);
    offences += table.refuse("t", peer, 1, start, 10s)->offence ? 1 : 0;
  }
  CHECK(offences == 9);
}

TEST_CASE("backoff: one that the peer lifted is forgotten", "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 600s, pruner::peer, 1);
  CHECK_FALSE(table.refuse("t", peer, 2, start, 10s));
  table.clear_expired(start, 2s);
  CHECK(table.size() == 0);
}
