#include "tests/attack/attack_cost.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace grapevine::test {

namespace {

using std::chrono::duration;
using std::chrono::nanoseconds;

// Below it the other things that a node does are most of what is measured.
constexpr nanoseconds precision = std::chrono::milliseconds{10};

nanoseconds clock_time(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} + nanoseconds{now.tv_nsec};
}

nanoseconds cost_of(const std::function<void()>& run) {
  const auto before = node_cpu_time();
  run();
  return node_cpu_time() - before;
}

struct row {
  std::string name;
  attack_cost cost;
};

std::vector<row>& table() {
  static std::vector<row> rows;
  return rows;
}

double milliseconds_of(nanoseconds time) {
  return duration<double, std::milli>{time}.count();
}

// Prints the table behind the last test.
struct cost_listener : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;

  void testRunEnded(const Catch::TestRunStats& stats) override {
    TestEventListenerBase::testRunEnded(stats);
    if (table().empty())
      return;
    std::printf("\n%-52s %10s %10s %8s\n", "the node's CPU time, ms", "attack",
                "control", "factor");
    for (const auto& [name, cost] : table())
      std::printf("%-52s %10.1f %10.1f %8.2f\n", name.c_str(),
                  milliseconds_of(cost.attack), milliseconds_of(cost.control),
                  cost.factor());
  }
};

CATCH_REGISTER_LISTENER(cost_listener)

} // namespace

nanoseconds node_cpu_time() {
  return clock_time(CLOCK_PROCESS_CPUTIME_ID)
         - clock_time(CLOCK_THREAD_CPUTIME_ID);
}

double attack_cost::factor() const {
  return duration<double>{std::max(attack, precision)}
         / duration<double>{std::max(control, precision)};
}

attack_cost compare_cost(const std::string& name,
                         const std::function<void()>& attack,
                         const std::function<void()>& control) {
  // The harmless first: what a process does once is no attack's cost. Of a run
  // that others disturb the CPU time is half as much again or double; the least
  // of a few is the cost, and where that is plain at once, one is enough.
  constexpr int rounds = 4;
  constexpr double plain = 1.5;
  attack_cost result{nanoseconds::max(), nanoseconds::max()};
  for (int i = 0; i < rounds && (i == 0 || result.factor() > plain); ++i) {
    result.control = std::min(result.control, cost_of(control));
    result.attack = std::min(result.attack, cost_of(attack));
  }
  table().push_back({name, result});
  return result;
}

} // namespace grapevine::test
