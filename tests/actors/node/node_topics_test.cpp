// What applications subscribe to, and which topics a node joins for them.
#include "tests/support/topics_fixture.hpp"

#include <map>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("node topics: the first subscriber joins the topic, the last one "
          "leaves it") {
  topics_fixture f;
  const auto first = f.subscriber();
  const auto second = f.subscriber();
  f.subscribe("t", first);
  CHECK(f.mesh.only<join_topic>().topic == "t");
  CHECK(f.told().topic == "t");
  CHECK(f.told().joined);
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].actor == first);
  CHECK_FALSE(f.told().subscribers[0].batches);
  f.subscribe("t", second, true);
  REQUIRE(f.told().subscribers.size() == 2);
  CHECK(f.told().subscribers[1].actor == second);
  CHECK(f.told().subscribers[1].batches);
  f.say(unsubscribe_topic{"t", first});
  CHECK(f.told().joined);
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].actor == second);
  CHECK(f.mesh.all<leave_topic>().empty());
  f.say(unsubscribe_topic{"t", second});
  CHECK_FALSE(f.told().joined);
  CHECK(f.told().subscribers.empty());
  CHECK(f.mesh.only<leave_topic>().topic == "t");
}

TEST_CASE("node topics: a topic is wanted before the mesh attracts its "
          "messages") {
  topics_fixture f;
  std::vector<std::string> order;
  f.cache.on<set_subscribers>(
      [&](const set_subscribers&) { order.emplace_back("cache"); });
  f.mesh.on<join_topic>([&](const join_topic&) { order.emplace_back("mesh"); });
  f.subscribe("t", f.subscriber());
  CHECK(order == std::vector<std::string>{"cache", "mesh"});
}

TEST_CASE("node topics: who subscribes again changes the form, and nothing if "
          "it is the same") {
  topics_fixture f;
  const auto one = f.subscriber();
  f.subscribe("t", one);
  f.subscribe("t", one);
  CHECK(f.cache.all<set_subscribers>().size() == 1);
  f.subscribe("t", one, true);
  CHECK(f.cache.all<set_subscribers>().size() == 2);
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].batches);
  f.subscribe("t", one, true);
  CHECK(f.cache.all<set_subscribers>().size() == 2);
  f.subscribe("t", one);
  CHECK_FALSE(f.told().subscribers.at(0).batches);
}

TEST_CASE("node topics: who ends is subscribed to nothing any longer") {
  topics_fixture f;
  const auto first = f.subscriber();
  const auto second = f.subscriber();
  f.subscribe("t", first);
  f.subscribe("t", second);
  f.subscribe("u", first);
  f.subscribe("v", second);
  f.cache.clear();
  caf::anon_send_exit(first, caf::exit_reason::user_shutdown);
  f.run();
  std::map<std::string, set_subscribers> told;
  for (const auto& one : f.cache.all<set_subscribers>())
    CHECK(told.emplace(one.topic, one).second);
  REQUIRE(told.size() == 2);
  CHECK(told["t"].joined);
  REQUIRE(told["t"].subscribers.size() == 1);
  CHECK(told["t"].subscribers[0].actor == second);
  CHECK_FALSE(told["u"].joined);
  CHECK(f.mesh.only<leave_topic>().topic == "u");
}

TEST_CASE("node topics: unsubscribing where one is not subscribed changes "
          "nothing") {
  topics_fixture f;
  const auto one = f.subscriber();
  f.subscribe("t", one);
  f.say(unsubscribe_topic{"t", f.subscriber()});
  f.say(unsubscribe_topic{"u", one});
  CHECK(f.cache.all<set_subscribers>().size() == 1);
  CHECK(f.mesh.all<leave_topic>().empty());
}

TEST_CASE("node topics: topics that may not be joined are not, but published "
          "to") {
  topics_fixture f{[](node_config& config) {
    config.publish_only.insert("out");
    config.filter =
        gossip::subscription_filter::from({{"in", "out"}, {}, 0}).value();
  }};
  const auto one = f.subscriber();
  for (const std::string topic : {"out", "other", ""}) {
    f.subscribe(topic, one);
    CHECK(f.relay(topic)->code == node_errc::unknown_topic);
  }
  CHECK(f.cache.all<set_subscribers>().empty());
  CHECK(f.mesh.all<join_topic>().empty());
  CHECK_THAT(f.log(),
             Catch::Contains("error not subscribed: the topic \"out\" is for "
                             "publishing only")
                 && Catch::Contains("the subscription filter does not allow "
                                    "\"other\""));
  CHECK(f.publish("out", {})->value);
  f.subscribe("in", one);
  CHECK(f.told().topic == "in");
}

TEST_CASE("node topics: a topic is relayed without subscribers, until it is no "
          "longer") {
  topics_fixture f;
  CHECK(f.relay("t")->value);
  CHECK(f.mesh.only<join_topic>().topic == "t");
  CHECK(f.told().joined);
  CHECK(f.told().subscribers.empty());
  const auto one = f.subscriber();
  f.subscribe("t", one);
  f.say(unsubscribe_topic{"t", one});
  CHECK(f.told().joined);
  CHECK(f.mesh.all<leave_topic>().empty());
  f.subscribe("t", one);
  f.relay("t", false);
  CHECK(f.told().joined);
  f.say(unsubscribe_topic{"t", one});
  CHECK_FALSE(f.told().joined);
  CHECK(f.mesh.only<leave_topic>().topic == "t");
}

TEST_CASE("node topics: configured topics are joined at the start") {
  topics_fixture f{[](node_config& config) { config.topics = {"t", "u"}; }};
  REQUIRE(f.mesh.all<join_topic>().size() == 2);
  CHECK(f.mesh.all<join_topic>()[1].topic == "u");
  CHECK(f.cache.all<set_subscribers>().size() == 2);
  const auto one = f.subscriber();
  f.subscribe("u", one);
  f.say(unsubscribe_topic{"u", one});
  CHECK(f.told().joined);
}
