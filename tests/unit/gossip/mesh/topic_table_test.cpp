#include "gossip/mesh/topic_table.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine::gossip;

TEST_CASE("topic table: names are bytes", "[topic_table]") {
  const mesh_limits limits;
  topic_table table{limits};
  const std::string name{"a\0\xff", 3};
  auto& topic = table.own(name);
  CHECK(topic.name == name);
  CHECK(table.find(name) == &topic);
  CHECK_FALSE(table.find("a"));
  CHECK(&table.own(name) == &topic);
}

TEST_CASE("topic table: a topic that nobody needs is forgotten",
          "[topic_table]") {
  const mesh_limits limits;
  topic_table table{limits};
  auto& topic = table.own("t");
  topic.subscribed = true;
  table.release(topic);
  REQUIRE(table.size() == 1);
  topic.subscribed = false;
  topic.peers.insert({1, 0});
  table.release(topic);
  REQUIRE(table.size() == 1);
  topic.peers.clear();
  topic.fanout.active = true;
  table.release(topic);
  REQUIRE(table.size() == 1);
  topic.fanout.clear();
  table.release(topic);
  CHECK(table.size() == 0);
}

TEST_CASE("topic table: peers cannot name more topics than the limit",
          "[topic_table]") {
  mesh_limits limits;
  limits.topics = 2;
  topic_table table{limits};
  CHECK(table.named_by_peer("a"));
  CHECK(table.named_by_peer("b"));
  CHECK_FALSE(table.named_by_peer("c"));
  CHECK(table.named_by_peer("a"));
  CHECK(table.own("c").name == "c");
  CHECK(table.named_by_peer("c"));
}

TEST_CASE("topic table: nor longer ones, nor more bytes", "[topic_table]") {
  mesh_limits limits;
  limits.topic_size = 4;
  limits.topic_bytes = 6;
  topic_table table{limits};
  CHECK_FALSE(table.named_by_peer("12345"));
  CHECK(table.named_by_peer("1234"));
  CHECK_FALSE(table.named_by_peer("123"));
  auto* small = table.named_by_peer("12");
  REQUIRE(small);
  table.release(*small);
  CHECK(table.named_by_peer("21"));
}
