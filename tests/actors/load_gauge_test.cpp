// How what is under way is counted.
#include "messages/load_gauge.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <thread>
#include <vector>

using namespace grapevine;

TEST_CASE("load gauge: a ticket counts until it is gone, wherever it moves") {
  const auto gauge = std::make_shared<load_gauge>();
  {
    load_ticket one{gauge, 2, 30};
    CHECK(gauge->messages() == 2);
    CHECK(gauge->bytes() == 30);
    load_ticket moved{std::move(one)};
    load_ticket assigned;
    assigned = std::move(moved);
    CHECK(gauge->messages() == 2);
    assigned = load_ticket{gauge, 1, 5};
    CHECK(gauge->messages() == 1);
    CHECK(gauge->bytes() == 5);
  }
  CHECK(gauge->messages() == 0);
  CHECK(gauge->bytes() == 0);
}

TEST_CASE("load gauge: a copy counts nothing") {
  const auto gauge = std::make_shared<load_gauge>();
  auto one = std::make_unique<load_ticket>(gauge, 1, 5);
  const load_ticket copy{*one};
  CHECK(gauge->messages() == 1);
  one.reset();
  CHECK(gauge->messages() == 0);
}

TEST_CASE("load gauge: there is room within both bounds, and always for one") {
  load_gauge gauge;
  CHECK(gauge.has_room(1'000, 0, 0));
  gauge.add(2, 50);
  CHECK(gauge.has_room(50, 3, 100));
  CHECK_FALSE(gauge.has_room(50, 2, 100));
  CHECK_FALSE(gauge.has_room(51, 3, 100));
}

TEST_CASE("load gauge: it calls once for each time it was asked to") {
  int called = 0;
  load_gauge gauge{[&] { ++called; }};
  gauge.add(4, 0);
  gauge.call_when_at(2);
  gauge.remove(1, 0);
  CHECK(called == 0);
  gauge.remove(1, 0);
  gauge.remove(1, 0);
  CHECK(called == 1);
  gauge.call_when_at(2); // it is there already
  CHECK(called == 2);
}

TEST_CASE("load gauge: whoever waits for room is called, however threads "
          "meet") {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> called = 0;
    const auto gauge = std::make_shared<load_gauge>([&] { ++called; });
    std::vector<load_ticket> tickets;
    for (int i = 0; i < 8; ++i)
      tickets.emplace_back(gauge, 1, 1);
    std::thread other{[&] { tickets.clear(); }};
    gauge->call_when_at(0);
    other.join();
    CHECK(called == 1);
  }
}
