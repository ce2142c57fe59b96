#pragma once

#include "sim/sim_network.hpp"

#include <cstddef>
#include <vector>

namespace grapevine::sim {

/// Everyone is connected to the next one.
std::vector<edge> line(std::size_t nodes);

/// Everyone is connected to node 0, which was dialled.
std::vector<edge> star(std::size_t nodes);

/// Everyone dials the `hubs` first nodes, and these each other.
std::vector<edge> star_of(std::size_t nodes, std::size_t hubs);

/// Everyone dials the next one, and the last one the first.
std::vector<edge> ring(std::size_t nodes);

/// As the Helm chart has it: everyone dials those that are some numbers before
/// it, near and far ones. It would dial those after it, too, which is the same
/// link.
std::vector<edge> chart(std::size_t nodes);

/// Node i dialled node (i - 1) / `branches`.
std::vector<edge> tree(std::size_t nodes, std::size_t branches);

/// Everyone is connected to everyone.
std::vector<edge> full(std::size_t nodes);

/// A ring, so that it is connected, and random links besides: everyone dials
/// `dials` others, the ring included, and has about twice as many links.
std::vector<edge> random_graph(std::size_t nodes, std::size_t dials,
                               gossip::rng& gen);

} // namespace grapevine::sim
