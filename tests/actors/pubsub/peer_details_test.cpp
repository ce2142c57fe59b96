// What a peer's actor shows of the peer.
#include "tests/support/slow_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

peer_details details(peer_fixture& f) {
  std::optional<peer_details> result;
  f.system.sys().spawn([&](caf::event_based_actor* self) {
    ask(self, f.peer, 1h, inspect_peer{})
        .then([&](const peer_details& got) { result = got; },
              [](caf::error&) {});
  });
  f.run();
  REQUIRE(result);
  return *result;
}

} // namespace

TEST_CASE("peer: what it says that it is and what it speaks is shown") {
  peer_fixture f;
  CHECK(details(f).agent.empty());
  CHECK(details(f).protocol.empty());
  CHECK_FALSE(details(f).round_trip);
  auto& far = f.connect({.protocols = {"/meshsub/1.2.0"}});
  f.open(far, "/meshsub/1.1.0");
  const auto seen = details(f);
  CHECK_THAT(seen.agent, Catch::StartsWith("test/"));
  // What goes to it counts, not what comes.
  CHECK(seen.protocol == "/meshsub/1.2.0");
  CHECK(seen.queued_messages == 0);
  CHECK(seen.dropped == 0);
}

TEST_CASE("peer: what waits for it and what was dropped is shown") {
  slow_peer s;
  s.fall_behind(3);
  const auto seen = details(s.f);
  CHECK(seen.queued_messages == 2);
  CHECK(seen.queued_bytes >= 120'000);
  CHECK(seen.dropped == 3);
  s.read_on();
  CHECK(details(s.f).queued_messages == 0);
  CHECK(details(s.f).queued_bytes == 0);
  CHECK(details(s.f).dropped == 3);
}
