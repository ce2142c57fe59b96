#include "gossip/id_index.hpp"
#include "gossip/rng.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

using namespace grapevine::gossip;

namespace {

std::optional<id_index::position> find(const id_index& index, std::size_t hash,
                                       id_index::position where) {
  return index.find(hash, [&](id_index::position p) { return p == where; });
}

} // namespace

TEST_CASE("id_index: an entry is found by its hash until it is erased",
          "[gossip][id_index]") {
  id_index index;
  CHECK(find(index, 7, 1) == std::nullopt);
  index.insert(7, 1);
  CHECK(find(index, 7, 1) == 1u);
  CHECK(find(index, 8, 1) == std::nullopt);
  index.move(7, 1, 9);
  CHECK(find(index, 7, 1) == std::nullopt);
  CHECK(find(index, 7, 9) == 9u);
  index.erase(7, 9);
  CHECK(find(index, 7, 9) == std::nullopt);
  CHECK(index.size() == 0);
}

TEST_CASE("id_index: entries of one hash are told apart, whoever leaves first",
          "[gossip][id_index]") {
  id_index index;
  for (id_index::position i = 0; i < 10; ++i)
    index.insert(15, i);
  // Those of the next homes stand behind them.
  index.insert(16, 10);
  index.insert(0, 11);
  for (const id_index::position i : {0u, 9u, 4u}) {
    index.erase(15, i);
    CHECK(find(index, 15, i) == std::nullopt);
  }
  for (const id_index::position i : {1u, 2u, 3u, 5u, 6u, 7u, 8u})
    CHECK(find(index, 15, i) == i);
  CHECK(find(index, 16, 10) == 10u);
  CHECK(find(index, 0, 11) == 11u);
}

TEST_CASE("id_index: holds what a map would hold, through growth and shrinking",
          "[gossip][id_index]") {
  rng gen{42};
  id_index index;
  std::multimap<std::size_t, id_index::position> model;
  id_index::position next = 0;
  const auto check = [&] {
    REQUIRE(index.size() == model.size());
    for (const auto& [hash, where] : model)
      REQUIRE(find(index, hash, where) == where);
  };
  for (int step = 0; step < 20'000; ++step) {
    // Mostly growing first, then mostly shrinking; few hashes, so that many
    // meet.
    const bool grows = random_below(gen, 10) < (step < 10'000 ? 6u : 4u);
    if (grows || model.empty()) {
      const std::size_t hash = random_below(gen, 500) * 0x1'0000'0001u;
      index.insert(hash, next);
      model.emplace(hash, next++);
    } else {
      auto victim = model.begin();
      std::advance(victim,
                   random_below(gen, std::min<std::size_t>(model.size(), 20)));
      index.erase(victim->first, victim->second);
      model.erase(victim);
    }
    if (step % 1000 == 0)
      check();
  }
  check();
}

TEST_CASE("id_index: every position and every hash can be used",
          "[gossip][id_index]") {
  id_index index;
  const id_index::position last = 0xffff'ffff;
  // Folded to 32 bits these are nothing, which is also what no entry has.
  const std::size_t nothing = 0;
  const std::size_t folds_to_nothing = 0x0000'0007'0000'0007;
  index.insert(nothing, last);
  index.insert(nothing, 0);
  index.insert(folds_to_nothing, 1);
  CHECK(find(index, nothing, last) == last);
  CHECK(find(index, nothing, 0) == 0u);
  CHECK(find(index, folds_to_nothing, 1) == 1u);
  index.move(nothing, 0, 5);
  index.erase(nothing, last);
  CHECK_FALSE(find(index, nothing, last));
  CHECK(find(index, nothing, 5) == 5u);
  CHECK(find(index, folds_to_nothing, 1) == 1u);
  CHECK(index.size() == 2);
}

TEST_CASE("id_index: thousands of entries are found while its tables become "
          "more and fewer",
          "[gossip][id_index]") {
  constexpr id_index::position count = 30'000;
  rng gen{7};
  std::vector<std::size_t> hashes;
  hashes.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    hashes.push_back(gen());
  id_index index;
  // All that are there, and none that is not.
  const auto holds = [&](id_index::position first, id_index::position end) {
    std::size_t found = 0;
    for (id_index::position i = 0; i < count; ++i)
      if (find(index, hashes[i], i) == i)
        found += i >= first && i < end ? 1 : count;
    return found == end - first && index.size() == found;
  };
  for (id_index::position i = 0; i < count; ++i) {
    index.insert(hashes[i], i);
    if (i % 3'000 == 0)
      CHECK(holds(0, i + 1));
  }
  for (id_index::position i = 0; i < count; ++i) {
    index.erase(hashes[i], i);
    if (i % 3'000 == 0)
      CHECK(holds(i + 1, count));
  }
  index.insert(hashes[0], 0);
  CHECK(holds(0, 1));
}
