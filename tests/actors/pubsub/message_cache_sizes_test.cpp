#include "tests/support/cache_actor_fixture.hpp"
#include "tests/support/changed_context.hpp"
#include "tests/support/log_lines.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("message cache: that it forgets ids before seen-ttl is over is "
          "counted and told, again and again while it lasts") {
  log_lines log;
  cache_fixture f{changed_context([&](node_context& ctx) {
    log.into()(ctx);
    ctx.config.max_seen_ids = 2;
  })};
  std::uint64_t seqno = 0;
  const auto come = [&](int count) {
    for (int i = 0; i < count; ++i)
      f.receive(1, cache_fixture::message("x", "t", ++seqno));
  };
  come(2);
  f.beat();
  CHECK(f.snapshot().forgotten_early == 0);
  CHECK(log.count("are forgotten") == 0);
  come(1);
  f.beat();
  CHECK(f.snapshot().forgotten_early == 1);
  CHECK(f.snapshot().seen == 2);
  CHECK(log.count("are forgotten after 2.0 s, before seen-ttl is over (120.0 "
                  "s)",
                  "warning")
        == 1);
  CHECK(log.count("There is room for 2: raise max-seen-ids") == 1);
  come(1);
  f.beat();
  CHECK(log.count("are forgotten") == 1);
  // Not while nothing is forgotten.
  f.beat(601);
  CHECK(log.count("are forgotten") == 2);
  f.beat(601);
  CHECK(log.count("are forgotten") == 2);
}

TEST_CASE("message cache: that messages can be asked for less long than "
          "configured is counted and told") {
  log_lines log;
  cache_fixture f{changed_context([&](node_context& ctx) {
    log.into()(ctx);
    ctx.config.max_window_bytes = 100;
  })};
  f.accept(1, cache_fixture::message(std::string(40, 'x'), "t", 1));
  f.beat();
  CHECK(f.snapshot().dropped_early == 0);
  f.accept(1, cache_fixture::message(std::string(40, 'x'), "t", 2));
  f.beat();
  CHECK(f.snapshot().dropped_early == 1);
  CHECK(log.count("room for 100 bytes: raise max-window-bytes", "warning")
        == 1);
}
