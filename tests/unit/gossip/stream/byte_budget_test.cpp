#include "gossip/stream/byte_budget.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace grapevine::gossip;
using level = byte_budget::level;

TEST_CASE("byte budget: is high above half, and full at its end",
          "[gossip][budget]") {
  byte_budget budget{100};
  CHECK(budget.fullness() == level::low);
  budget.add(50);
  CHECK(budget.fullness() == level::low);
  budget.add(1);
  CHECK(budget.fullness() == level::high);
  budget.add(49);
  CHECK(budget.fullness() == level::full);
  budget.subtract(1);
  CHECK(budget.fullness() == level::high);
  budget.subtract(99);
  CHECK(budget.used() == 0);
}

TEST_CASE("byte budget: what one thread takes out before another has put it in "
          "is no overflow",
          "[gossip][budget]") {
  byte_budget budget{100};
  budget.subtract(10);
  CHECK(budget.used() == 0);
  CHECK(budget.fullness() == level::low);
  budget.add(10);
  CHECK(budget.used() == 0);
}

TEST_CASE("byte budget: counts exactly, whoever counts at once",
          "[gossip][budget]") {
  byte_budget budget{1};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) {
        budget.add(3);
        budget.subtract(2);
      }
    });
  for (auto& one : threads)
    one.join();
  CHECK(budget.used() == 40'000);
}

TEST_CASE("byte budget: a share is what was set last, and returns at its end",
          "[gossip][budget]") {
  byte_budget budget{100};
  {
    budget_share share{&budget};
    share.set(30);
    share.set(10);
    CHECK(budget.used() == 10);
    budget_share moved{std::move(share)};
    CHECK(budget.used() == 10);
    moved.set(20);
    CHECK(budget.used() == 20);
    budget_share other{&budget};
    other.set(5);
    moved = std::move(other);
    CHECK(moved.bytes() == 5);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("byte budget: without one nothing is counted", "[gossip][budget]") {
  budget_share share;
  share.set(30);
  CHECK(share.bytes() == 0);
}
