// How a node goes on when a part of it ends, or ends with it.
#include "tests/support/busy_node.hpp"
#include "tests/support/squatter.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE("node: without its mesh manager, its cache or a validator it ends, "
          "and all with it") {
  busy_node f;
  const auto ended = f.watch_end();
  std::string who;
  SECTION("mesh manager") {
    who = "mesh manager";
    f.mesh.die();
  }
  SECTION("message cache") {
    who = "message cache";
    f.cache.die();
  }
  SECTION("validator") {
    who = "validator";
    f.validators[1].die();
  }
  f.run();
  REQUIRE(*ended);
  CHECK(**ended == crashed);
  CHECK_THAT(f.log(), Catch::Contains("critical the " + who + " has died"));
  f.check_all_ended();
}

TEST_CASE("node: however it ends, all end with it") {
  busy_node f;
  caf::anon_send_exit(f.node, caf::exit_reason::kill);
  f.run();
  f.check_all_ended();
}

TEST_CASE("node: a heartbeat that dies is made anew, each time") {
  busy_node f;
  for (std::size_t i = 1; i <= 3; ++i) {
    f.heartbeats.back().die();
    f.run();
    CHECK(f.heartbeats.size() == i + 1);
  }
  CHECK_THAT(f.log(), Catch::Contains("error the heartbeat has died"));
  f.stop();
  CHECK(f.heartbeats.back().all<stop_heartbeat>().size() == 1);
}

TEST_CASE("node: a listener that dies or fails is made anew at its address, "
          "after a pause") {
  busy_node f;
  const auto where = f.listeners[0].where.to_multiaddr();
  const bool says_so = GENERATE(true, false);
  if (says_so) {
    f.say(listener_failed{where, "it is raining"});
    f.end_listener();
    CHECK_THAT(f.log(),
               Catch::Contains("error not listening any more: it is raining "
                               "addr="
                               + where.to_text()));
  } else {
    f.listeners[0].actor.die();
    f.run();
  }
  f.advance(999ms);
  CHECK(f.listeners.size() == 1);
  f.advance(1ms);
  REQUIRE(f.listeners.size() == 2);
  if (says_so)
    CHECK(f.listeners[1].where.to_multiaddr() == where);
  // One is enough, and it is watched as the first was.
  f.advance(1h);
  CHECK(f.listeners.size() == 2);
  f.listeners[1].actor.die();
  f.advance(1s);
  CHECK(f.listeners.size() == 3);
}

TEST_CASE("node: as long as an address is taken it is tried again") {
  busy_node f;
  const auto where = f.listeners[0].where;
  {
    const squatter other{where};
    f.say(listener_failed{where.to_multiaddr(), "it is raining"});
    f.end_listener();
    f.advance(3s);
    CHECK(f.listeners.size() == 1);
    CHECK_THAT(f.log(), Catch::Contains("in use"));
  }
  f.advance(1s);
  CHECK(f.listeners.size() == 2);
}

TEST_CASE("node: while it stops it listens nowhere again") {
  busy_node f;
  const auto where = f.listeners[0].where.to_multiaddr();
  f.say(listener_failed{where, "it is raining"});
  f.cache.hold<inspect_cache>();
  f.stop(1h);
  f.say(listener_failed{where, "it is snowing"});
  f.advance(1min);
  CHECK(f.listeners.size() == 1);
  CHECK_THAT(f.log(), !Catch::Contains("snowing"));
}
