#include "app/cluster/cluster_plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>

namespace grapevine::app::cluster {

namespace {

// Where a node of its own network listens, as one would elsewhere.
constexpr std::uint16_t usual_port = 4001;

// The addresses of networks of their own; the bridge has the first.
std::string ip_of(std::size_t index) {
  const auto number = index + 2;
  return fmt::format("10.213.{}.{}", number / 250, number % 250 + 1);
}

node_plan plan_node(const cluster_wish& wish, std::size_t index) {
  node_plan node;
  node.name = fmt::format("node-{:02}", index + 1);
  node.folder = wish.folder / node.name;
  auto port = usual_port;
  if (wish.namespaces) {
    node.ip = ip_of(index);
    // A file's socket is reached from any network of this machine.
    node.api = "unix:" + (node.folder / "api.sock").string();
  } else {
    const auto next = wish.port + index + 1;
    port = static_cast<std::uint16_t>(next + wish.nodes);
    node.ip = "127.0.0.1";
    node.api = fmt::format("127.0.0.1:{}", next);
  }
  node.address = fmt::format("/ip4/{}/tcp/{}", node.ip, port);
  return node;
}

// Of `count` nodes, those that one dials: its neighbour, and some by chance.
std::vector<std::size_t> dialled_by(std::size_t index, std::size_t count,
                                    std::size_t dials,
                                    std::mt19937_64& generator) {
  std::vector<std::size_t> others;
  others.reserve(count);
  for (std::size_t i = 1; i < count; ++i)
    others.push_back((index + i) % count);
  const auto wanted = std::min(std::max<std::size_t>(dials, 1), others.size());
  for (std::size_t i = 1; i < wanted; ++i) {
    std::uniform_int_distribution<std::size_t> any{i, others.size() - 1};
    std::swap(others[i], others[any(generator)]);
  }
  others.resize(wanted);
  return others;
}

std::vector<std::string> arguments_of(const cluster_wish& wish,
                                      const node_plan& node) {
  std::vector<std::string> words{"run"};
  const auto add = [&words](std::string name, std::string value) {
    words.push_back(std::move(name));
    words.push_back(std::move(value));
  };
  if (wish.config)
    add("--config", wish.config->string());
  add("--listen", node.address);
  add("--identity", (node.folder / "identity.key").string());
  add("--api", node.api);
  for (const auto& topic : wish.topics)
    add("--topic", topic);
  return words;
}

} // namespace

std::vector<node_plan> plan_cluster(const cluster_wish& wish) {
  std::vector<node_plan> nodes;
  nodes.reserve(wish.nodes);
  for (std::size_t i = 0; i < wish.nodes; ++i)
    nodes.push_back(plan_node(wish, i));
  std::mt19937_64 generator{wish.seed};
  for (std::size_t i = 0; i < wish.nodes; ++i) {
    nodes[i].arguments = arguments_of(wish, nodes[i]);
    for (const auto other : dialled_by(i, wish.nodes, wish.dials, generator)) {
      nodes[i].arguments.emplace_back("--peer");
      nodes[i].arguments.push_back(nodes[other].address);
    }
  }
  return nodes;
}

} // namespace grapevine::app::cluster
