#include "app/cluster/cluster_plan.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace grapevine::app::cluster {
namespace {

cluster_wish wish_of(std::size_t nodes) {
  cluster_wish wish;
  wish.nodes = nodes;
  wish.folder = "/somewhere";
  return wish;
}

std::vector<std::string> values_of(const node_plan& node,
                                   const std::string& option) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i + 1 < node.arguments.size(); ++i)
    if (node.arguments[i] == option)
      found.push_back(node.arguments[i + 1]);
  return found;
}

TEST_CASE("cluster plan: on loopback each node has two ports of its own",
          "[app]") {
  const auto nodes = plan_cluster(wish_of(3));
  REQUIRE(nodes.size() == 3);
  CHECK(nodes[0].name == "node-01");
  CHECK(nodes[0].api == "127.0.0.1:4101");
  CHECK(nodes[2].api == "127.0.0.1:4103");
  CHECK(nodes[0].address == "/ip4/127.0.0.1/tcp/4104");
  CHECK(nodes[2].address == "/ip4/127.0.0.1/tcp/4106");
  CHECK(values_of(nodes[1], "--listen")
        == std::vector<std::string>{"/ip4/127.0.0.1/tcp/4105"});
  CHECK(values_of(nodes[1], "--identity")
        == std::vector<std::string>{"/somewhere/node-02/identity.key"});
}

TEST_CASE("cluster plan: with networks of their own each has an address",
          "[app]") {
  auto wish = wish_of(max_nodes);
  wish.namespaces = true;
  std::set<std::string> addresses;
  for (const auto& node : plan_cluster(wish)) {
    addresses.insert(node.address);
    CHECK(node.address == "/ip4/" + node.ip + "/tcp/4001");
    CHECK(node.api == "unix:" + (node.folder / "api.sock").string());
  }
  CHECK(addresses.size() == max_nodes);
  // The bridge's own.
  CHECK_FALSE(addresses.contains("/ip4/10.213.0.2/tcp/4001"));
}

TEST_CASE("cluster plan: each node dials its neighbour, and others once each",
          "[app]") {
  auto wish = wish_of(20);
  wish.dials = 4;
  const auto nodes = plan_cluster(wish);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto dialled = values_of(nodes[i], "--peer");
    CHECK(dialled.size() == 4);
    CHECK(dialled.front() == nodes[(i + 1) % nodes.size()].address);
    CHECK(std::set(dialled.begin(), dialled.end()).size() == 4);
    CHECK(std::ranges::find(dialled, nodes[i].address) == dialled.end());
  }
}

TEST_CASE("cluster plan: few nodes dial all others, one dials none", "[app]") {
  CHECK(values_of(plan_cluster(wish_of(2))[0], "--peer").size() == 1);
  CHECK(values_of(plan_cluster(wish_of(1))[0], "--peer").empty());
}

TEST_CASE("cluster plan: who dials whom is the seed's", "[app]") {
  auto wish = wish_of(30);
  const auto dialled = [](const cluster_wish& asked) {
    std::vector<std::vector<std::string>> all;
    for (const auto& node : plan_cluster(asked))
      all.push_back(values_of(node, "--peer"));
    return all;
  };
  const auto once = dialled(wish);
  CHECK(dialled(wish) == once);
  wish.seed = 2;
  CHECK(dialled(wish) != once);
}

} // namespace
} // namespace grapevine::app::cluster
