#include "app/cluster/cluster_watch.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::cluster {
namespace {

using nlohmann::json;

std::vector<node_plan> three_nodes() {
  cluster_wish wish;
  wish.nodes = 3;
  wish.folder = "/somewhere";
  return plan_cluster(wish);
}

std::optional<node_answers> told(const char* id,
                                 const std::vector<std::string>& mesh) {
  return node_answers{
      {{"id", id},
       {"peers", 2},
       {"uptime_seconds", 1.5},
       {"messages", {{"delivered", 7}, {"duplicates", 3}, {"rejected", 0}}},
       {"queues", {{"dropped", 1}}}},
      {{"topics", {{{"topic", "news"}, {"mesh", mesh}}}}}};
}

const std::vector<std::string> running(3, "running");

TEST_CASE("cluster: nodes are told with their numbers, and meshes by names",
          "[app]") {
  const auto seen =
      describe_cluster(three_nodes(), {"news"},
                       {told("A", {"B", "stranger"}), told("B", {"A"}), {}},
                       {"running", "running", "signal 9"});
  CHECK(seen.at("topics") == json{"news"});
  const auto& nodes = seen.at("nodes");
  REQUIRE(nodes.size() == 3);
  CHECK(nodes[0].at("name") == "node-01");
  CHECK(nodes[0].at("delivered") == 7);
  CHECK(nodes[0].at("dropped") == 1);
  CHECK(nodes[0].at("meshes").at("news") == json{"node-02"});
  CHECK(nodes[2].at("state") == "signal 9");
  CHECK(nodes[2].at("answers") == false);
  CHECK_FALSE(nodes[2].contains("delivered"));
}

TEST_CASE("cluster: answers that lack something are no end", "[app]") {
  const auto seen =
      describe_cluster(three_nodes(), {"news"},
                       {node_answers{json::object(), json::object()},
                        node_answers{{{"messages", "?"}}, {{"topics", {7}}}},
                        {}},
                       running);
  CHECK(seen.at("nodes")[0].at("delivered").is_null());
}

TEST_CASE("cluster: it is up once all answer and are in their meshes",
          "[app]") {
  using texts = std::vector<std::string>;
  const auto plan = three_nodes();
  CHECK(not_ready(describe_cluster(
            plan, {"news"}, {told("A", {"B"}), told("B", {"A"}), {}}, running))
        == texts{"node-03: does not answer (running)"});
  CHECK(not_ready(describe_cluster(
            plan, {"news"}, {told("A", {"B"}), told("B", {"A"}), told("C", {})},
            running))
        == texts{"node-03: in no mesh of \"news\""});
  CHECK(not_ready(describe_cluster(
                      plan, {"news", "weather"},
                      {told("A", {"B"}), told("B", {"A"}), told("C", {"A"})},
                      running))
            .size()
        == 3);
  CHECK(not_ready(describe_cluster(
                      plan, {"news"},
                      {told("A", {"B"}), told("B", {"A"}), told("C", {"A"})},
                      running))
            .empty());
}

} // namespace
} // namespace grapevine::app::cluster
