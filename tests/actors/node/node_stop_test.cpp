// How a node stops.
#include "tests/support/busy_node.hpp"

#include <algorithm>
#include <ctime>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// CPU time of this thread, which runs all actors.
double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec)
         + static_cast<double>(time.tv_nsec) * 1e-9;
}

// What it costs a node, per peer, that so many peers end at once.
double cost_of_ends(std::uint32_t peers, bool stopping) {
  node_fixture f{[&](node_config& config) {
    config.max_peers = 2 * peers;
    config.max_peers_per_address = peers;
    config.log->set_level(spdlog::level::err);
  }};
  for (std::uint32_t i = 1; i <= peers; ++i)
    f.arrive(i);
  REQUIRE(f.peers.size() == peers);
  auto stopped = stopping ? f.ask_node<node_stopped>(stop_node{}) : nullptr;
  for (auto& one : f.peers)
    one.actor.quit();
  const auto before = cpu_seconds();
  f.run();
  const auto took = cpu_seconds() - before;
  if (stopping)
    CHECK(stopped->value);
  else
    CHECK(f.inspect().peers.empty());
  return took / peers;
}

} // namespace

TEST_CASE("node: one that never started stops at once") {
  node_fixture f{[](node_config&) {}, false};
  const auto ended = f.watch_end();
  CHECK(f.ask_node<node_stopped>(stop_node{})->value);
  REQUIRE(*ended);
  CHECK_FALSE(**ended);
}

TEST_CASE("node: it stops in order, and has stopped when all is done") {
  busy_node f;
  const auto ended = f.watch_end();
  f.cache.hold<inspect_cache>();
  f.mesh.hold<leave_all>();
  f.stop(4s);
  // First who lets others in, the clock and the dials.
  CHECK(f.listeners[0].actor.all<close_transport>().size() == 1);
  CHECK(f.heartbeats[0].all<stop_heartbeat>().size() == 1);
  CHECK(f.dials[0].actor.all<close_transport>().size() == 1);
  CHECK(f.dial->code == node_errc::not_running);
  CHECK(f.dial->error == "the node is stopping");
  // Then what was published goes to the mesh manager, and to the peers.
  CHECK(f.mesh.all<leave_all>().empty());
  f.cache.release(cache_snapshot{});
  f.run();
  CHECK(f.mesh.all<leave_all>().size() == 1);
  CHECK(f.peer(1).all<stop_peer>().empty());
  f.mesh.release(all_left{});
  f.run();
  CHECK(f.peer(1).only<stop_peer>().deadline == 4s);
  CHECK(f.peer(2).only<stop_peer>().deadline == 4s);
  CHECK_FALSE(f.mesh.ended());
  // Then all of these end.
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->pending());
  f.end_listener();
  CHECK(f.stopped->value);
  REQUIRE(*ended);
  CHECK_FALSE(**ended);
  f.check_all_ended();
  CHECK_THAT(f.log(), !Catch::Contains("deadline"));
}

TEST_CASE("node: peers and listeners that end early do not end it before what "
          "was published is with the peers") {
  busy_node f;
  f.cache.hold<inspect_cache>();
  f.stop();
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->pending());
  f.cache.release(cache_snapshot{});
  f.run();
  CHECK(f.stopped->value);
}

TEST_CASE("node: without peers and listeners it has stopped at once") {
  node_fixture f;
  CHECK(f.ask_node<node_stopped>(stop_node{})->value);
}

TEST_CASE("node: a cache or mesh manager that does not answer is waited for "
          "until the deadline") {
  busy_node f;
  const bool cache_is_mute = GENERATE(true, false);
  if (cache_is_mute)
    f.cache.hold<inspect_cache>();
  else
    f.mesh.hold<leave_all>();
  f.stop(4s);
  f.advance(3'999ms);
  CHECK(f.peer(1).all<stop_peer>().empty());
  f.advance(1ms);
  CHECK(f.peer(1).all<stop_peer>().size() == 1);
  CHECK(f.stopped->pending());
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->value);
}

TEST_CASE("node: peers that do not end are waited for until a bit after the "
          "deadline") {
  busy_node f;
  f.stop(4s);
  f.end_peer(2);
  f.advance(4'999ms);
  CHECK(f.stopped->pending());
  f.advance(1ms);
  CHECK(f.stopped->value);
  f.check_all_ended();
  CHECK_THAT(f.log(), Catch::Contains("warning stopped at the deadline with 1 "
                                      "peers unfinished"));
}

TEST_CASE("node: it stops once") {
  busy_node f;
  f.stop();
  const auto again = f.ask_node<node_stopped>(stop_node{});
  CHECK(again->code == node_errc::not_running);
  CHECK(again->error == "the node is stopping");
  CHECK(f.stopped->pending());
  CHECK(f.listeners[0].actor.all<close_transport>().size() == 1);
  f.say(stop_expired{});
  CHECK(f.stopped->value);
}

TEST_CASE("node: it stops once, also if it is told to while its actors end") {
  busy_node f;
  f.validators[0].hold_end();
  f.stop();
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.mesh.ended());
  const auto again = f.ask_node<node_stopped>(stop_node{});
  CHECK(again->code == node_errc::not_running);
  CHECK(f.stopped->pending());
  f.validators[0].let_go();
  f.run();
  CHECK(f.stopped->value);
}

TEST_CASE("node: an order to stop now that nobody gave does nothing") {
  busy_node f;
  f.say(stop_expired{});
  CHECK(f.connected(1));
  CHECK_FALSE(f.mesh.ended());
}

TEST_CASE("node: while it stops nobody gets in, and nothing is dialled") {
  busy_node f;
  f.say(keep_connected{node_fixture::address(4002)});
  REQUIRE(f.dials.size() == 2);
  f.cache.hold<inspect_cache>();
  f.stop(1h);
  const auto attempt = f.dials[0].attempt;
  CHECK(f.arrive(3)->session().closed());
  CHECK_THAT(f.log(), Catch::Contains("refused: the node stops"));
  f.say(dial_failed{attempt, there, "the node stops"});
  f.fail(f.dials[1]);
  const auto refused = f.ask_node<peer_connected>(connect_peer{there});
  CHECK(refused->code == node_errc::not_running);
  CHECK(f.ask_node<changed>(
             set_direct_peer{there.with_peer(numbered_peer(9)), true})
            ->code
        == node_errc::not_running);
  f.say(keep_connected{node_fixture::address(4003)});
  f.say(connect_offered{{{numbered_peer(4), {there}}}});
  f.say(redial_peer{node_fixture::address(4002)});
  f.say(block_peer{numbered_peer(1), true});
  f.say(disconnect_from{numbered_peer(1)});
  f.advance(10min);
  CHECK(f.dials.size() == 2);
  CHECK(f.peers.size() == 2);
  CHECK(f.peer(1).all<disconnect_peer>().empty());
  CHECK(f.cache.all<block_peer>().empty());
  CHECK(f.mesh.all<set_direct>().empty());
}

TEST_CASE("node: a peer that loses its connections while the node stops is "
          "only told to end") {
  busy_node f;
  f.cache.hold<inspect_cache>();
  f.stop();
  f.lose(1);
  CHECK(f.peer(1).only<stop_peer>().deadline == 0ms);
  CHECK(f.mesh.all<peer_left>().empty());
}

TEST_CASE("node: what it costs that all peers end grows with their number, not "
          "with its square") {
  const bool stopping = GENERATE(true, false);
  CAPTURE(stopping);
  if (!cheap_mail) {
    WARN("not with this CAF: its test scheduler goes through all waiting mail "
         "for each message");
    return;
  }
  const auto few =
      std::min(cost_of_ends(400, stopping), cost_of_ends(400, stopping));
  const auto many = cost_of_ends(6'000, stopping);
  CAPTURE(few, many);
  // By a search for each it is some eight times as much.
  CHECK(many < 3.5 * few);
}
