#include "sim/topology.hpp"

#include <algorithm>
#include <set>

namespace grapevine::sim {

std::vector<edge> line(std::size_t nodes) {
  std::vector<edge> result;
  for (node_index i = 1; i < nodes; ++i)
    result.emplace_back(i, i - 1);
  return result;
}

std::vector<edge> star(std::size_t nodes) {
  std::vector<edge> result;
  for (node_index i = 1; i < nodes; ++i)
    result.emplace_back(i, 0);
  return result;
}

std::vector<edge> star_of(std::size_t nodes, std::size_t hubs) {
  std::vector<edge> result;
  for (node_index i = 1; i < nodes; ++i)
    for (node_index hub = 0; hub < std::min<std::size_t>(i, hubs); ++hub)
      result.emplace_back(i, hub);
  return result;
}

std::vector<edge> ring(std::size_t nodes) {
  auto result = line(nodes);
  if (nodes > 2)
    result.emplace_back(0, static_cast<node_index>(nodes - 1));
  return result;
}

std::vector<edge> chart(std::size_t nodes) {
  std::vector<edge> result;
  for (node_index i = 0; i < nodes; ++i)
    for (const node_index away : {1U, 2U, 3U, 4U, 5U, 6U, 12U, 24U, 48U, 96U})
      if (away <= i)
        result.emplace_back(i, i - away);
  return result;
}

std::vector<edge> tree(std::size_t nodes, std::size_t branches) {
  std::vector<edge> result;
  for (node_index i = 1; i < nodes; ++i)
    result.emplace_back(i, static_cast<node_index>((i - 1) / branches));
  return result;
}

std::vector<edge> full(std::size_t nodes) {
  std::vector<edge> result;
  for (node_index i = 0; i < nodes; ++i)
    for (node_index j = 0; j < i; ++j)
      result.emplace_back(i, j);
  return result;
}

std::vector<edge> random_graph(std::size_t nodes, std::size_t dials,
                               gossip::rng& gen) {
  std::vector<edge> result;
  std::set<edge> there;
  const auto add = [&](node_index from, node_index to) {
    if (from == to || there.contains({from, to}) || there.contains({to, from}))
      return false;
    there.emplace(from, to);
    result.emplace_back(from, to);
    return true;
  };
  for (node_index i = 0; i < nodes; ++i)
    add(i, static_cast<node_index>((i + 1) % nodes));
  for (node_index i = 0; i < nodes; ++i)
    for (std::size_t made = 1, tries = 0; made < dials && tries < 8 * dials;
         ++tries)
      if (add(i, static_cast<node_index>(gossip::random_below(gen, nodes))))
        ++made;
  return result;
}

} // namespace grapevine::sim
