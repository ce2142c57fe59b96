#include "gossip/mesh/gossip_budget.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

} // namespace

TEST_CASE("budget: ten IHAVE messages per heartbeat", "[gossip_budget]") {
  gossip_budget budget{{}, start};
  for (int i = 0; i < 10; ++i)
    CHECK(budget.accept_ihave(start));
  CHECK_FALSE(budget.accept_ihave(start + 999ms));
  CHECK(budget.accept_ihave(start + 1s));
}

TEST_CASE("budget: five thousand ids asked per heartbeat", "[gossip_budget]") {
  gossip_budget budget{{}, start};
  CHECK(budget.ask(3'000, start) == 3'000);
  CHECK(budget.ask(3'000, start) == 2'000);
  CHECK(budget.ask(1, start) == 0);
  CHECK_FALSE(budget.accept_ihave(start));
  CHECK(budget.accept_ihave(start + 1s));
  CHECK(budget.ask(6'000, start + 1s) == 5'000);
}

TEST_CASE("budget: ids of IWANT looked up per heartbeat", "[gossip_budget]") {
  gossip_budget budget{{}, start};
  CHECK(budget.accept_iwant(9'999, start) == 9'999);
  CHECK(budget.accept_iwant(2, start) == 1);
  CHECK(budget.accept_iwant(2, start) == 0);
  CHECK(budget.accept_iwant(2, start + 1s) == 2);
}

TEST_CASE("budget: IDONTWANT, ten ids each and a thousand per heartbeat",
          "[gossip_budget]") {
  gossip_budget budget{{}, start};
  CHECK(budget.accept_idontwant(11, start) == 10);
  CHECK(budget.accept_idontwant(0, start) == 0);
  for (int i = 0; i < 998; ++i)
    CHECK(budget.accept_idontwant(1, start) == 1);
  CHECK(budget.accept_idontwant(1, start) == 0);
  CHECK(budget.accept_idontwant(1, start + 1s) == 1);
}

TEST_CASE("budget: renewed at whole intervals, whenever it is asked",
          "[gossip_budget]") {
  gossip_budget budget{{}, start};
  CHECK(budget.ask(5'000, start + 1'900ms) == 5'000);
  CHECK(budget.ask(1, start + 1'999ms) == 0);
  CHECK(budget.ask(1, start + 2'000ms) == 1);
}

TEST_CASE("budget: partial messages and their bytes per heartbeat",
          "[gossip_budget]") {
  parameters p;
  p.gossip.max_partial_messages = 2;
  p.gossip.max_partial_bytes = 100;
  gossip_budget budget{p, start};
  CHECK(budget.accept_partial(60, start));
  CHECK_FALSE(budget.accept_partial(60, start));
  CHECK_FALSE(budget.accept_partial(1, start));
  CHECK(budget.accept_partial(60, start + p.timers.heartbeat_interval));
}
