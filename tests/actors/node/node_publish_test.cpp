// What applications publish, and what of it is refused.
#include "gossip/message/seqno.hpp"
#include "tests/support/topics_fixture.hpp"

#include <array>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

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
