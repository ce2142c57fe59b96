#include "actors/heartbeat.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE(
    "heartbeat: the first after the initial delay, then one an interval") {
  virtual_system net;
  recorder<heartbeat_tick> mesh{net.sys()};
  const auto heart = spawn_heartbeat(net.sys(), virtual_system::context(1),
                                     mesh.as<mesh_manager_actor>());
  net.advance(99ms);
  CHECK(mesh.all<heartbeat_tick>().empty());
  net.advance(1ms);
  CHECK(mesh.all<heartbeat_tick>().size() == 1);
  for (std::size_t i = 2; i < 6; ++i) {
    net.advance(999ms);
    CHECK(mesh.all<heartbeat_tick>().size() == i - 1);
    net.advance(1ms);
    CHECK(mesh.all<heartbeat_tick>().size() == i);
  }
  tell_from_outside(heart, stop_heartbeat{});
  net.advance(5s);
  CHECK(mesh.all<heartbeat_tick>().size() == 5);
}
