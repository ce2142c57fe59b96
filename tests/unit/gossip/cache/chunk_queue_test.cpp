#include "gossip/cache/chunk_queue.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <memory>

using namespace grapevine::gossip;

TEST_CASE("chunk_queue: what came first leaves first, whatever the pieces",
          "[gossip][chunk_queue]") {
  chunk_queue<std::size_t> all;
  std::size_t in = 0;
  std::size_t out = 0;
  // Two in, one out; then one in, two out.
  while (in < 5'000) {
    all.push_back(in++);
    all.push_back(in++);
    REQUIRE(all.front() == out);
    all.pop_front();
    REQUIRE(all[0] == ++out);
    REQUIRE(all.back() == in - 1);
    REQUIRE(all[all.size() / 2] == out + all.size() / 2);
    REQUIRE(all.size() == in - out);
  }
  while (!all.empty()) {
    REQUIRE(all.front() == out++);
    all.pop_front();
    if (out % 2 == 0)
      all.push_back(in++);
  }
  CHECK(in == out);
  CHECK(all.size() == 0);
}

TEST_CASE("chunk_queue: elements stay where they are",
          "[gossip][chunk_queue]") {
  chunk_queue<std::size_t> all;
  all.push_back(0);
  const auto* first = &all.back();
  for (std::size_t i = 1; i < 3'000; ++i)
    all.push_back(i);
  CHECK(&all[0] == first);
}

TEST_CASE("chunk_queue: what has left is destroyed, and what is left is with "
          "the queue",
          "[gossip][chunk_queue]") {
  const auto counted = std::make_shared<int>();
  {
    chunk_queue<std::shared_ptr<int>> all;
    for (int i = 0; i < 1'000; ++i)
      all.push_back(counted);
    for (int i = 0; i < 300; ++i)
      all.pop_front();
    CHECK(counted.use_count() == 701);
  }
  CHECK(counted.use_count() == 1);
}
