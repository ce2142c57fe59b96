#include "actors/host/cpu_time.hpp"
#include "app/console/unused_memory.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

using namespace grapevine::app;
using namespace std::chrono_literals;

namespace {

using enum memory_care::action;

// A process whose memory somebody looks after.
struct process {
  // The next ten seconds, with this share of a core.
  memory_care::action lives(double share) {
    used += std::chrono::duration_cast<std::chrono::nanoseconds>(
        share * std::chrono::duration<double>{memory_care::interval});
    const auto what = care.look(used);
    if (what != nothing)
      care.gave_back(100, left);
    return what;
  }

  // How many ticks go by until something is given back.
  int rests(double share, int most = 200) {
    for (int i = 1; i <= most; ++i)
      if (lives(share) != nothing)
        return i;
    return 0;
  }

  std::chrono::nanoseconds used = 5s;
  memory_care care{used};
  std::size_t left = 50;
};

} // namespace

TEST_CASE("memory care: a node that becomes idle gives back its heap at once, "
          "and all in each idle minute",
          "[app]") {
  process one;
  for (int i = 0; i < 5; ++i)
    CHECK(one.lives(0.9) == nothing);
  CHECK(one.lives(0.009) == heap);
  for (int i = 0; i < 4; ++i)
    CHECK(one.lives(0.001) == nothing);
  for (int minute = 0; minute < 3; ++minute) {
    CHECK(one.lives(0.001) == all);
    for (int i = 0; i < 5; ++i)
      CHECK(one.lives(0) == nothing);
  }
}

TEST_CASE("memory care: a busy node gives back nothing", "[app]") {
  process one;
  CHECK(one.rests(0.3) == 0);
  CHECK(one.rests(1.9) == 0);
}

TEST_CASE("memory care: a node with little to do gives back after a minute, "
          "and ever more seldom if that gains nothing",
          "[app]") {
  process one;
  CHECK(one.rests(0.1) == 6);
  CHECK(one.rests(0.1) == 6);
  one.left = 95;
  CHECK(one.rests(0.1) == 6);
  CHECK(one.rests(0.1) == 12);
  CHECK(one.rests(0.1) == 24);
  CHECK(one.rests(0.1) == 48);
  CHECK(one.rests(0.1) == 96);
  one.left = 50;
  CHECK(one.rests(0.1) == 96);
  CHECK(one.rests(0.1) == 6);
}

TEST_CASE("memory care: to be idle for moments again and again costs little",
          "[app]") {
  process one;
  int count = 0;
  for (int i = 0; i < 30; ++i)
    count += one.lives(i % 2 == 0 ? 0.5 : 0.0) != nothing ? 1 : 0;
  CHECK(count <= 10);
}

TEST_CASE("unused memory: a process goes on without what it gave back",
          "[app]") {
  const auto before = grapevine::used_cpu_time();
  release_unused_memory();
  CHECK(grapevine::used_cpu_time() > before);
}

TEST_CASE("unused memory: free heap is resident no more", "[app]") {
  if (grapevine::test::sanitized)
    return; // whose heap keeps what is freed
  constexpr std::size_t size = 4'000;
  std::vector<std::unique_ptr<char[]>> held;
  held.reserve(10'000);
  for (int i = 0; i < 10'000; ++i)
    held.push_back(std::make_unique<char[]>(size));
  const auto full = resident_memory();
  CHECK(full > 10'000 * size);
  // The newest keeps the top of the heap from shrinking by itself.
  held.erase(held.begin(), held.end() - 1);
  release_free_heap();
  CHECK(resident_memory() + 5'000 * size < full);
}
