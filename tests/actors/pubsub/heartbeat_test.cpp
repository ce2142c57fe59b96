#include "actors/pubsub/heartbeat.hpp"
#include "tests/support/changed_context.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

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

namespace {

// A heartbeat of 600 ms, its first after 200 ms, and what it logs.
struct heart {
  heart() {
    log->set_pattern("%l %v");
    actor = spawn_heartbeat(net.sys(), changed_context([&](node_context& ctx) {
                              ctx.log = log;
                              auto& timers = ctx.config.params.timers;
                              timers.heartbeat_interval = 600ms;
                              timers.heartbeat_initial_delay = 200ms;
                            }),
                            mesh.as<mesh_manager_actor>());
  }
  ~heart() { tell_from_outside(actor, stop_heartbeat{}); }
  heart(const heart&) = delete;
  heart& operator=(const heart&) = delete;

  std::size_t ticks_after(std::chrono::milliseconds time) {
    net.advance(time);
    return mesh.all<heartbeat_tick>().size();
  }

  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  virtual_system net;
  recorder<heartbeat_tick> mesh{net.sys()};
  heartbeat_actor actor;
};

} // namespace

TEST_CASE("heartbeat: as often as configured") {
  heart h;
  CHECK(h.ticks_after(199ms) == 0);
  CHECK(h.ticks_after(1ms) == 1);
  CHECK(h.ticks_after(599ms) == 1);
  CHECK(h.ticks_after(1ms) == 2);
  CHECK(h.lines.str().empty());
}

TEST_CASE("heartbeat: one that is late does not delay the next ones") {
  heart h;
  // 300 ms late: due at 200 ms and at 800 ms.
  CHECK(h.ticks_after(500ms) == 1);
  CHECK(h.ticks_after(299ms) == 1);
  CHECK(h.ticks_after(1ms) == 2);
}

TEST_CASE("heartbeat: one that is later than half of its interval is told of") {
  heart h;
  h.ticks_after(500ms);
  CHECK(h.lines.str().empty());
  // Due at 800 ms.
  h.ticks_after(601ms);
  CHECK(h.lines.str().find("warning heartbeat late_ms=301: ") == 0);
}

TEST_CASE(
    "heartbeat: after a long stall it goes on, and makes up for nothing") {
  heart h;
  h.ticks_after(10s);
  // What is due by then is so with whatever time passes next.
  const auto after = h.ticks_after(1ms);
  CHECK(after <= 2);
  CHECK(h.ticks_after(598ms) == after);
  CHECK(h.ticks_after(1ms) == after + 1);
  CHECK(h.ticks_after(600ms) == after + 2);
}
