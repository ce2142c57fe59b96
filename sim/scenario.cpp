#include "sim/scenario.hpp"

#include <algorithm>
#include <limits>

namespace grapevine::sim {

namespace {

bool knows_group(const scenario& s, const std::string& name) {
  return name.empty()
         || std::ranges::find(s.groups, name, &node_group::name)
                != s.groups.end();
}

std::optional<std::string> problem_of_groups(const scenario& s) {
  const auto count = node_count(s);
  if (count < 2)
    return "group: there must be 2 nodes or more";
  if (count > 1'000'000)
    return "group: there may be 1000000 nodes at most";
  if (std::ranges::none_of(s.groups, [](const auto& g) {
        return g.nodes > 0 && g.options.honest;
      }))
    return "group: one of them must be honest";
  for (const auto& group : s.groups)
    if (!group.region.empty()
        && std::ranges::find(s.network.regions, group.region)
               == s.network.regions.end())
      return "group: region \"" + group.region
             + "\" is none of network.regions";
  return std::nullopt;
}

std::optional<std::string> problem_of_network(const scenario& s) {
  const auto& n = s.network;
  const auto square = n.matrix.size() == n.regions.size()
                      && std::ranges::all_of(n.matrix, [&](const auto& row) {
                           return row.size() == n.regions.size();
                         });
  if (!square)
    return "network: latency-matrix must have a row and a column for each of "
           "regions ("
           + std::to_string(n.regions.size()) + ")";
  if (s.topology.kind == graph::full && node_count(s) > 2'000)
    return "topology: \"full\" is for 2000 nodes at most";
  if (s.topology.hubs == 0 || s.topology.hubs >= node_count(s))
    return "topology: hubs must be at least 1, and fewer than the nodes";
  return std::nullopt;
}

std::optional<std::string> problem_of_events(const scenario& s) {
  for (const auto& one : s.messages) {
    if (!knows_group(s, one.group))
      return "messages: there is no group \"" + one.group + "\"";
    if (one.topic && *one.topic >= s.topics.count)
      return "messages: topic " + std::to_string(*one.topic)
             + " is too large: topics are numbered from 0, and topics.count is "
             + std::to_string(s.topics.count);
  }
  for (const auto& one : s.incidents) {
    if (!knows_group(s, one.group))
      return "event: there is no group \"" + one.group + "\"";
    for (const auto node : one.which)
      if (node >= node_count(s))
        return "event: there is no node " + std::to_string(node)
               + ": they are numbered from 0";
    if (one.at > s.duration)
      return "event: \"at\" is after the end";
  }
  return std::nullopt;
}

} // namespace

std::size_t node_count(const scenario& s) {
  std::size_t sum = 0;
  for (const auto& group : s.groups)
    sum += group.nodes;
  return sum;
}

std::optional<std::string> problem_of(const scenario& s) {
  if (s.settle + s.drain >= s.duration)
    return "duration must be longer than settle and drain together";
  if (s.topics.per_node == 0 || s.topics.count == 0)
    return "topics: count and per-node must be at least 1";
  for (const auto check :
       {problem_of_groups, problem_of_network, problem_of_events})
    if (auto problem = check(s))
      return problem;
  return std::nullopt;
}

} // namespace grapevine::sim
