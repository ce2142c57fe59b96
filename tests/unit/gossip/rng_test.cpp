#include "gossip/rng.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <vector>

using namespace grapevine;

TEST_CASE("rng: a number below the bound, each of them", "[rng]") {
  gossip::rng gen{7};
  std::set<std::size_t> seen;
  for (int i = 0; i < 200; ++i)
    seen.insert(gossip::random_below(gen, 5));
  CHECK(seen == std::set<std::size_t>{0, 1, 2, 3, 4});
  CHECK(gossip::random_below(gen, 1) == 0);
}

TEST_CASE("rng: bounds beyond 32 bits", "[rng]") {
  gossip::rng gen{7};
  constexpr std::size_t bound = std::size_t{3} << 40;
  std::size_t largest = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto drawn = gossip::random_below(gen, bound);
    CHECK(drawn < bound);
    largest = std::max(largest, drawn);
  }
  CHECK(largest > bound / 4 * 3);
}

TEST_CASE("rng: shuffle_front permutes and replays from the seed", "[rng]") {
  std::vector<int> items(50);
  std::iota(items.begin(), items.end(), 0);
  auto first = items;
  auto second = items;
  gossip::rng a{3};
  gossip::rng b{3};
  gossip::shuffle_front(std::span{first}, 10, a);
  gossip::shuffle_front(std::span{second}, 10, b);
  CHECK(first == second);
  CHECK(first != items);
  CHECK(std::is_permutation(first.begin(), first.end(), items.begin()));
}

TEST_CASE("rng: every element is drawn equally often", "[rng]") {
  gossip::rng gen{11};
  std::array<int, 10> drawn{};
  for (int round = 0; round < 5'000; ++round) {
    std::array<std::size_t, 10> items{};
    std::iota(items.begin(), items.end(), 0);
    gossip::shuffle_front(std::span<std::size_t>{items}, 3, gen);
    for (std::size_t i = 0; i < 3; ++i)
      ++drawn[items[i]];
  }
  for (const int count : drawn) {
    CHECK(count > 1'350);
    CHECK(count < 1'650);
  }
}

TEST_CASE("rng: more than there are is all of them", "[rng]") {
  gossip::rng gen{1};
  std::vector<int> none;
  gossip::shuffle_front(std::span{none}, 3, gen);
  std::vector<int> two{1, 2};
  gossip::shuffle_front(std::span{two}, 9, gen);
  CHECK(std::is_permutation(two.begin(), two.end(),
                            std::vector<int>{1, 2}.begin()));
}
