#include "tests/bench/mesh_run.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace grapevine::bench;

TEST_CASE("each node dials as many others, none twice", "[mesh_run]") {
  std::map<std::size_t, int> dialled;
  std::set<std::pair<std::size_t, std::size_t>> links;
  for (const auto& [from, to] : random_graph(50, 10, 1)) {
    CHECK(from != to);
    CHECK(to < 50);
    CHECK(links.insert(std::minmax(from, to)).second);
    ++dialled[from];
  }
  CHECK(dialled.size() == 50);
  for (const auto& [from, count] : dialled)
    CHECK(count == 10);
}

TEST_CASE("few nodes are all connected", "[mesh_run]") {
  CHECK(random_graph(5, 10, 1).size() == 10);
}

TEST_CASE("a graph comes from its seed", "[mesh_run]") {
  CHECK(random_graph(20, 10, 1) == random_graph(20, 10, 1));
  CHECK(random_graph(20, 10, 1) != random_graph(20, 10, 2));
}
