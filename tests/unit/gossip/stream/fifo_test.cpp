#include "gossip/stream/fifo.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using grapevine::gossip::fifo;

TEST_CASE("fifo: first in, first out", "[fifo]") {
  fifo<int> queue;
  CHECK(queue.empty());
  for (int i = 0; i < 100; ++i)
    queue.push_back(i);
  CHECK(queue.size() == 100);
  for (int i = 0; i < 100; ++i) {
    CHECK(queue.front() == i);
    CHECK(queue.pop_front() == i);
  }
  CHECK(queue.empty());
}

TEST_CASE("fifo: pushed and popped by turns", "[fifo]") {
  fifo<int> queue;
  int next_in = 0;
  int next_out = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 3; ++i)
      queue.push_back(next_in++);
    for (int i = 0; i < (round < 100 ? 1 : 5) && !queue.empty(); ++i)
      CHECK(queue.pop_front() == next_out++);
    CHECK(queue.size() == static_cast<std::size_t>(next_in - next_out));
  }
}

TEST_CASE("fifo: walked from the first to the last", "[fifo]") {
  fifo<int> queue;
  for (int i = 0; i < 5; ++i)
    queue.push_back(i);
  queue.pop_front();
  CHECK(std::vector<int>(queue.begin(), queue.end())
        == std::vector<int>{1, 2, 3, 4});
}

TEST_CASE("fifo: takes out some, and what has left stays out", "[fifo]") {
  fifo<int> queue;
  for (int i = 0; i < 10; ++i)
    queue.push_back(i);
  queue.pop_front();
  queue.pop_front();
  CHECK(queue.erase_if([](int i) { return i % 2 == 0; }) == 4);
  CHECK(std::vector<int>(queue.begin(), queue.end())
        == std::vector<int>{3, 5, 7, 9});
}

TEST_CASE("fifo: keeps nothing of what was popped or cleared", "[fifo]") {
  fifo<std::shared_ptr<int>> queue;
  const auto first = std::make_shared<int>(1);
  const auto second = std::make_shared<int>(2);
  queue.push_back(first);
  queue.push_back(second);
  queue.pop_front();
  CHECK(first.use_count() == 1);
  queue.clear();
  CHECK(second.use_count() == 1);
  CHECK(queue.empty());
}
