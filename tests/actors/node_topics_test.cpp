// What applications publish and subscribe to, and what of it is refused.
#include "gossip/seqno.hpp"
#include "tests/support/node_fixture.hpp"
#include "tests/support/recorder.hpp"

#include <map>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using publish_reply = node_fixture::reply_ptr<publish_receipt>;

bytes data_of(std::size_t size) {
  return bytes(size, std::uint8_t{'x'});
}

struct topics_fixture : node_fixture {
  explicit topics_fixture(
      const change& how = [](node_config&) {}, bool started = true)
      : node_fixture{how, started} {
    cache.answer<publish_own>(publish_receipt{{}, 7, true});
    cache.answer<publish_own_batch>(batch_receipt{{{{}, 7, true}}});
  }

  publish_reply publish(const std::string& topic, bytes data,
                        std::size_t min_peers = 0) {
    return ask_node<publish_receipt>(
        publish_message{topic, std::move(data), min_peers, 3s});
  }

  caf::actor subscriber() {
    return subscribers_.emplace_back(system.sys()).actor();
  }

  void subscribe(const std::string& topic, const caf::actor& who,
                 bool batches = false) {
    say(subscribe_topic{topic, who, batches});
  }

  // Who takes the topic's messages, as the cache was told last.
  const set_subscribers& told() {
    REQUIRE_FALSE(cache.all<set_subscribers>().empty());
    return cache.all<set_subscribers>().back();
  }

  node_fixture::reply_ptr<changed> relay(const std::string& topic,
                                         bool on = true) {
    return ask_node<changed>(relay_topic{topic, on});
  }

private:
  std::deque<recorder<message_delivered>> subscribers_;
};

// A message and how many bytes of data an RPC of this size has room for.
std::size_t room(std::size_t rpc_size, const std::string& topic) {
  return rpc_size - topic.size() - 2048;
}

} // namespace

// -- publishing ---------------------------------------------------------------

TEST_CASE("node topics: a published message is signed, numbered and given to "
          "the cache, which answers") {
  topics_fixture f;
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  const auto got = f.publish("t", to_bytes(as_bytes("hello")));
  REQUIRE(got->value);
  CHECK(got->value->peers == 7);
  CHECK(got->value->duplicate);
  f.publish("t", to_bytes(as_bytes("hello")));
  const auto& sent = f.cache.all<publish_own>();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].msg->topic() == "t");
  CHECK(to_string(sent[0].msg->data()) == "hello");
  CHECK(sent[0].msg->author() == f.ctx->self);
  CHECK(sent[0].msg->fields().signature);
  std::array<std::uint64_t, 2> numbers{};
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(sent[i].msg->fields().seqno);
    numbers[i] = gossip::decode_seqno(*sent[i].msg->fields().seqno).value();
  }
  CHECK(numbers[1] == numbers[0] + 1);
  CHECK(sent[0].msg->id() != sent[1].msg->id());
  // Numbers of a node that starts again are above those of before.
  const auto minute = std::chrono::nanoseconds{1min};
  const auto at = std::chrono::nanoseconds{before};
  CHECK(numbers[0] > static_cast<std::uint64_t>((at - minute).count()));
  CHECK(numbers[0] < static_cast<std::uint64_t>((at + minute).count()));
}

TEST_CASE("node topics: without signatures a message carries its data alone") {
  topics_fixture f{[](node_config& config) {
    config.policy = gossip::signing_policy::strict_no_sign;
  }};
  f.publish("t", data_of(1));
  const auto& fields = f.cache.only<publish_own>().msg->fields();
  CHECK_FALSE(fields.signature);
  CHECK_FALSE(fields.seqno);
  CHECK_FALSE(fields.from);
}

TEST_CASE("node topics: ids are made as the node is configured") {
  topics_fixture f{[](node_config& config) {
    config.message_ids = gossip::message_ids{
        [](const proto::message_view&) { return std::string{"id"}; }};
  }};
  f.publish("t", data_of(1));
  CHECK(f.cache.only<publish_own>().msg->id().raw() == "id");
}

TEST_CASE("node topics: a message may be as large as an RPC has room for, and "
          "no larger") {
  const std::string topic = "topic";
  topics_fixture f{[](node_config& config) { config.max_rpc_size = 10'000; }};
  const auto most = room(10'000, topic);
  CHECK(f.publish(topic, data_of(most))->value);
  const auto refused = f.publish(topic, data_of(most + 1));
  CHECK(refused->code == node_errc::too_large);
  CHECK(refused->error
        == "the message has " + std::to_string(most + 1) + " bytes, at most "
               + std::to_string(most) + " fit into an RPC");
  CHECK(f.cache.all<publish_own>().size() == 1);
  // The same of a batch, of which all go or none.
  const auto batch = f.ask_node<batch_receipt>(
      publish_batch{topic, {data_of(1), data_of(most + 1)}});
  CHECK(batch->code == node_errc::too_large);
  CHECK(f.cache.all<publish_own_batch>().empty());
}

TEST_CASE("node topics: where an RPC has room for no message, an empty one is "
          "all there is") {
  topics_fixture f{[](node_config& config) { config.max_rpc_size = 1'000; }};
  CHECK(f.publish("t", {})->value);
  CHECK(f.publish("t", data_of(1))->code == node_errc::too_large);
}

TEST_CASE("node topics: a topic has a name of at most so many bytes") {
  topics_fixture f;
  const std::string longest(1'024, 't');
  CHECK(f.publish(longest, {})->value);
  const auto refused = f.publish(longest + 't', {});
  CHECK(refused->code == node_errc::too_large);
  CHECK(refused->error
        == "the topic's name has 1025 bytes, at most 1024 are possible");
  CHECK(f.publish("", {})->error == "a topic needs a name");
  CHECK(f.relay(longest)->value);
  CHECK(f.relay(longest + 't')->code == node_errc::unknown_topic);
  CHECK(f.relay("")->code == node_errc::unknown_topic);
}

TEST_CASE("node topics: a batch goes to the cache as one, in order, and the "
          "cache answers") {
  topics_fixture f;
  const auto got = f.ask_node<batch_receipt>(
      publish_batch{"t", {to_bytes(as_bytes("a")), to_bytes(as_bytes("b"))}});
  REQUIRE(got->value);
  REQUIRE(got->value->receipts.size() == 1);
  CHECK(got->value->receipts[0].peers == 7);
  const auto& sent = f.cache.only<publish_own_batch>().msgs;
  REQUIRE(sent.size() == 2);
  CHECK(to_string(sent[0]->data()) == "a");
  CHECK(to_string(sent[1]->data()) == "b");
  CHECK(sent[1]->topic() == "t");
}

// -- publishing to so many ----------------------------------------------------

TEST_CASE("node topics: who wants so many peers waits for them") {
  topics_fixture f;
  f.mesh.hold<await_peers>();
  const auto got = f.publish("t", to_bytes(as_bytes("hello")), 3);
  CHECK(got->pending());
  CHECK(f.cache.all<publish_own>().empty());
  const auto& asked = f.mesh.only<await_peers>();
  CHECK(asked.topic == "t");
  CHECK(asked.count == 3);
  CHECK(asked.timeout == 3s);
  f.mesh.release(peers_ready{3});
  f.run();
  REQUIRE(got->value);
  CHECK(got->value->peers == 7);
  CHECK(to_string(f.cache.only<publish_own>().msg->data()) == "hello");
}

TEST_CASE("node topics: with fewer peers than were wanted nothing is "
          "published") {
  topics_fixture f;
  f.mesh.answer<await_peers>(peers_ready{2});
  const auto got = f.publish("t", {}, 3);
  CHECK(got->code == node_errc::not_ready);
  CHECK(got->error == "the topic has 2 peers, 3 were asked for");
  CHECK(f.cache.all<publish_own>().empty());
  // One peer is waited for as well.
  CHECK(f.publish("t", {}, 1)->value);
  CHECK(f.mesh.all<await_peers>().size() == 2);
}

TEST_CASE("node topics: who publishes hears when the mesh manager or the cache "
          "does not answer") {
  topics_fixture f;
  f.mesh.hold<await_peers>();
  const auto waiting = f.publish("t", {}, 3);
  // Its own patience, and as much as a part of the node may take.
  f.advance(12s);
  CHECK(waiting->pending());
  f.advance(2s);
  CHECK_FALSE(waiting->pending());
  CHECK_FALSE(waiting->value);
  f.mesh.answer<await_peers>(peers_ready{3});
  f.cache.hold<publish_own>();
  const auto sending = f.publish("t", {}, 3);
  f.advance(9s);
  CHECK(sending->pending());
  f.advance(2s);
  CHECK_FALSE(sending->pending());
  CHECK_FALSE(sending->value);
}

// -- subscribing --------------------------------------------------------------

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

TEST_CASE("node topics: a node that does not run does nothing of it, and says "
          "so") {
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
  check(f.relay("t"));
  check(f.ask_node<changed>(set_validation{"t", std::nullopt}));
  check(f.ask_node<node_snapshot>(inspect_node{}));
  check(f.ask_node<changed>(set_topic_score{"t", {}}));
  check(f.ask_node<changed>(set_partial_topic{"t", {}, {}}));
  check(f.ask_node<changed>(publish_partial{"t", {}, {}, {}}));
  check(f.ask_node<scores_snapshot>(inspect_scores{}));
  check(f.ask_node<peers_ready>(await_peers{"t", 1, 1s}));
  f.subscribe("t", f.subscriber());
  f.say(set_application_score{numbered_peer(1), 1});
  CHECK(f.cache.all<set_subscribers>().empty());
  CHECK(f.cache.all<publish_own>().empty());
  CHECK(f.mesh.all<join_topic>().empty());
  CHECK(f.mesh.all<leave_topic>().empty());
  CHECK(f.mesh.all<await_peers>().empty());
  CHECK(f.mesh.all<set_application_score>().empty());
}
