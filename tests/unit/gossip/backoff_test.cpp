#include "gossip/backoff.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using test::numbered_peer;
using namespace std::chrono_literals;

namespace {

constexpr libp2p::time_point start{1h};
const auto peer = numbered_peer(1);
constexpr peer_handle handle{1, 0};

} // namespace

TEST_CASE("backoff: lasts as long as given, for that topic and peer",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  table.add("t", peer, handle, start, 60s);
  CHECK(table.active("t", peer, start + 60s - 1ms));
  CHECK_FALSE(table.active("t", peer, start + 60s));
  CHECK_FALSE(table.active("u", peer, start));
  CHECK_FALSE(table.active("t", numbered_peer(2), start));
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
  CHECK_FALSE(table.active("t", numbered_peer(1), start));
  CHECK(table.active("t", numbered_peer(2), start));
  CHECK(table.active("t", numbered_peer(3), start));
}

TEST_CASE("backoff: who is backed off, of those that are connected",
          "[backoff]") {
  const mesh_limits limits;
  backoff_table table{limits};
  const auto after = [&](libp2p::time_point moment) {
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
