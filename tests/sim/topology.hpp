#pragma once

#include "tests/sim/sim_network.hpp"

#include <cstddef>
#include <vector>

namespace grapevine::sim {

/// Everyone is connected to the next one.
std::vector<edge> line(std::size_t nodes);

/// Everyone is connected to node 0, which was dialled.
std::vector<edge> star(std::size_t nodes);

/// Node i dialled node (i - 1) / `branches`.
std::vector<edge> tree(std::size_t nodes, std::size_t branches);

/// Everyone is connected to everyone.
std::vector<edge> full(std::size_t nodes);

/// A ring, so that it is connected, and random links besides: everyone dials
/// `dials` others, the ring included, and has about twice as many links.
std::vector<edge> random_graph(std::size_t nodes, std::size_t dials,
                               gossip::rng& gen);

} // namespace grapevine::sim
