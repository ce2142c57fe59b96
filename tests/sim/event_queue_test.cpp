// Events happen in the order of their times, and of their pushing.
#include "sim/event_queue.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace grapevine::sim;

namespace {

event marked(std::uint32_t mark) {
  event result;
  result.where = mark;
  return result;
}

// The marks of all events due until `end`, each with its time.
std::vector<std::pair<tick, std::uint32_t>> popped(event_queue& queue,
                                                   tick end) {
  std::vector<std::pair<tick, std::uint32_t>> result;
  for (event e; queue.pop(end, e);)
    result.emplace_back(queue.now(), e.where);
  return result;
}

using marks = std::vector<std::pair<tick, std::uint32_t>>;

} // namespace

TEST_CASE("event queue: by time, then by order of pushing", "[sim]") {
  event_queue queue;
  queue.push(7, marked(1));
  queue.push(3, marked(2));
  queue.push(7, marked(3));
  queue.push(0, marked(4));
  CHECK(popped(queue, 100) == marks{{0, 4}, {3, 2}, {7, 1}, {7, 3}});
  CHECK(queue.now() == 100);
  CHECK(queue.empty());
}

TEST_CASE("event queue: what is due later stays", "[sim]") {
  event_queue queue;
  queue.push(5, marked(1));
  queue.push(6, marked(2));
  CHECK(popped(queue, 5) == marks{{5, 1}});
  CHECK(queue.now() == 5);
  CHECK(popped(queue, 6) == marks{{6, 2}});
}

TEST_CASE("event queue: pushed for the present while popping", "[sim]") {
  event_queue queue;
  queue.push(5, marked(1));
  queue.push(5, marked(2));
  event e;
  REQUIRE(queue.pop(9, e));
  queue.push(5, marked(3));
  CHECK(popped(queue, 9) == marks{{5, 2}, {5, 3}});
}

TEST_CASE("event queue: beyond the wheel's turn, beside earlier ones",
          "[sim]") {
  event_queue queue;
  queue.push(10 + 2 * 2048, marked(1));
  queue.push(10, marked(2));
  queue.push(10 + 2048, marked(3));
  queue.push(10, marked(4));
  CHECK(popped(queue, 10'000) == marks{{10, 2}, {10, 4}, {2058, 3}, {4106, 1}});
}
