// What a node hands on to those of its actors that do or answer it, and what is
// asked of a node that does not run.
#include "tests/support/topics_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

// -- validation ---------------------------------------------------------------

TEST_CASE("node topics: how a topic is validated reaches all validators, and "
          "the cache its bound") {
  topics_fixture f{[](node_config& config) {
    config.validators = 2;
    config.validation["u"].max_messages = 11;
  }};
  CHECK(f.cache.only<bound_validation>().topic == "u");
  CHECK(f.cache.only<bound_validation>().messages == 11U);
  f.cache.clear();
  topic_validation how;
  how.max_messages = 12;
  CHECK(f.ask_node<changed>(set_validation{"t", how})->value);
  CHECK(f.cache.only<bound_validation>().topic == "t");
  CHECK(f.cache.only<bound_validation>().messages == 12U);
  REQUIRE(f.validators.size() == 2);
  for (const auto& one : f.validators) {
    const auto& table = *one.only<use_validation>().table;
    REQUIRE(table.size() == 2);
    CHECK(table.at("t").max_messages == 12);
    CHECK(table.at("u").max_messages == 11);
  }
  // Another one in its place, and then none.
  how.max_messages = 13;
  f.ask_node<changed>(set_validation{"t", how});
  CHECK(f.validators[0].all<use_validation>()[1].table->at("t").max_messages
        == 13);
  f.cache.clear();
  f.ask_node<changed>(set_validation{"t", std::nullopt});
  CHECK(f.cache.only<bound_validation>().topic == "t");
  CHECK_FALSE(f.cache.only<bound_validation>().messages);
  const auto& last = *f.validators[1].all<use_validation>()[2].table;
  CHECK(last.size() == 1);
  CHECK(last.contains("u"));
}

// -- what the mesh manager answers --------------------------------------------

TEST_CASE("node topics: what the mesh manager decides goes to it, and its "
          "answer back") {
  topics_fixture f;
  f.say(set_application_score{numbered_peer(1), -3});
  CHECK(f.mesh.only<set_application_score>().peer == numbered_peer(1));
  CHECK(f.mesh.only<set_application_score>().score == -3);
  CHECK(f.ask_node<changed>(set_topic_score{"t", {}})->value);
  CHECK(f.mesh.only<set_topic_score>().topic == "t");
  CHECK(f.ask_node<changed>(set_partial_topic{"t", {}, {}})->value);
  CHECK(f.mesh.only<set_partial_topic>().topic == "t");
  CHECK(f.ask_node<changed>(publish_partial{"t", {}, {}, {}})->value);
  CHECK(f.mesh.only<publish_partial>().topic == "t");
  f.mesh.answer<inspect_scores>(scores_snapshot{{{numbered_peer(5), {}}}});
  const auto scores = f.ask_node<scores_snapshot>(inspect_scores{});
  REQUIRE(scores->value);
  CHECK(scores->value->peers.size() == 1);
  f.mesh.answer<await_peers>(peers_ready{4});
  const auto ready = f.ask_node<peers_ready>(await_peers{"t", 4, 1s});
  REQUIRE(ready->value);
  CHECK(ready->value->count == 4);
}

TEST_CASE("node topics: a node shows itself, its memory, its mesh and its "
          "cache") {
  topics_fixture f{[](node_config& config) {
    config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
  }};
  f.ctx->memory->queued.add(11);
  f.ctx->memory->unfinished.add(12);
  f.ctx->memory->dropped = 13;
  mesh_snapshot mesh;
  mesh.peers = 14;
  f.mesh.answer<inspect_mesh>(mesh);
  cache_snapshot cache;
  cache.delivered = 15;
  f.cache.answer<inspect_cache>(cache);
  const auto shown = f.inspect();
  CHECK(shown.self == f.ctx->self);
  CHECK(shown.addresses.size() == 1);
  CHECK(shown.addresses == f.ctx->addresses);
  CHECK(shown.queued_bytes == 11);
  CHECK(shown.unfinished_bytes == 12);
  CHECK(shown.dropped == 13);
  CHECK(shown.mesh.peers == 14);
  CHECK(shown.cache.delivered == 15);
}

TEST_CASE("node topics: who wants to see the node hears when a part of it does "
          "not answer") {
  topics_fixture f;
  const bool mesh_is_mute = GENERATE(true, false);
  if (mesh_is_mute)
    f.mesh.hold<inspect_mesh>();
  else
    f.cache.hold<inspect_cache>();
  const auto got = f.ask_node<node_snapshot>(inspect_node{});
  f.advance(9s);
  CHECK(got->pending());
  f.advance(2s);
  CHECK_FALSE(got->pending());
  CHECK_FALSE(got->value);
}

// -- before and after ---------------------------------------------------------

TEST_CASE("node topics: a node that does not run answers nothing that needs it "
          "to") {
  const bool stopping = GENERATE(true, false);
  topics_fixture f{[](node_config&) {}, stopping};
  if (stopping) {
    const auto one = f.subscriber();
    f.subscribe("t", one);
    f.mesh.clear();
    f.cache.clear();
    f.cache.hold<inspect_cache>();
    f.say(stop_node{});
    f.say(unsubscribe_topic{"t", one});
  }
  const std::string why =
      stopping ? "the node is stopping" : "the node has not been started";
  const auto check = [&](const auto& got) {
    CHECK(got->code == node_errc::not_running);
    CHECK(got->error == why);
  };
  check(f.publish("t", {}));
  check(f.publish("t", {}, 1));
  check(f.ask_node<batch_receipt>(publish_batch{"t", {data_of(1)}}));
  check(f.ask_node<node_snapshot>(inspect_node{}));
  check(f.ask_node<changed>(set_topic_score{"t", {}}));
  check(f.ask_node<changed>(set_partial_topic{"t", {}, {}}));
  check(f.ask_node<changed>(publish_partial{"t", {}, {}, {}}));
  check(f.ask_node<scores_snapshot>(inspect_scores{}));
  check(f.ask_node<peers_ready>(await_peers{"t", 1, 1s}));
  CHECK(f.cache.all<set_subscribers>().empty());
  CHECK(f.cache.all<publish_own>().empty());
  CHECK(f.mesh.all<leave_topic>().empty());
  CHECK(f.mesh.all<await_peers>().empty());
}

TEST_CASE("node topics: a node that stops changes nothing any more, and says "
          "so") {
  topics_fixture f;
  f.cache.hold<inspect_cache>();
  f.say(stop_node{});
  const auto check = [&](const auto& question) {
    CHECK(f.ask_node<changed>(question)->code == node_errc::not_running);
  };
  const auto one = f.subscriber();
  check(subscribe_topic{"t", one});
  check(unsubscribe_topic{"t", one});
  check(relay_topic{"t"});
  check(set_validation{"t", std::nullopt});
  check(set_application_score{numbered_peer(1), 1});
  check(keep_connected{topics_fixture::address(4001)});
  check(disconnect_from{numbered_peer(1)});
  check(block_peer{numbered_peer(1)});
  check(watch_node{one});
  check(unwatch_node{one});
  CHECK(f.cache.all<set_subscribers>().empty());
  CHECK(f.mesh.all<join_topic>().empty());
  CHECK(f.mesh.all<set_application_score>().empty());
  CHECK(f.mesh.all<observe_events>().empty());
  CHECK(f.dials.empty());
}
