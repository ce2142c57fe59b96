#include "app/console/unused_memory.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace grapevine::app;
using namespace std::chrono_literals;

TEST_CASE("idleness: below a hundredth of a core a process is idle", "[app]") {
  idleness one{1s};
  CHECK(one.since_last(1s, 1min));
  CHECK(one.since_last(1s + 599ms, 1min));
  CHECK_FALSE(one.since_last(1s + 599ms + 600ms, 1min));
  SECTION("and each time counts for itself") {
    CHECK(one.since_last(1s + 599ms + 600ms + 10ms, 1min));
  }
}

TEST_CASE("unused memory: a process goes on without what it gave back",
          "[app]") {
  const auto before = used_cpu_time();
  release_unused_memory();
  CHECK(used_cpu_time() > before);
}
