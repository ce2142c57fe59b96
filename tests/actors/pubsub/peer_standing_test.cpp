// What a peer may still do when its score has fallen, and what it is not sent
// because it said so.
#include "tests/support/node_network.hpp"
#include "tests/support/wire_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// A node that does not sign, subscribed to "t", and one peer on the wire.
struct standing_fixture {
  explicit standing_fixture(const std::string& protocol = "/meshsub/1.1.0")
      : node{net.start(config())}, peer{9, node.addresses.at(0)} {
    net.subscribe(node, "t");
    stream = peer.open(protocol);
    // The node has opened its stream, too, once it has said hello.
    peer.until([&] {
      return !peer.opened_by_node().empty()
             && !peer.heard(peer.opened_by_node()[0]).empty();
    });
  }

  ~standing_fixture() { net.stop(node); }

  static node_config config() {
    auto result = node_network::config(1);
    result.policy = gossip::signing_policy::strict_no_sign;
    result.params.flood_publish = false;
    return result;
  }

  static gossip::message_ptr message(std::string_view text) {
    return gossip::build_message(
        {"t", as_bytes(text), std::nullopt, std::nullopt}, nullptr,
        gossip::default_message_id);
  }

  // Publishes a message of the node's own, which its subscriber gets as well.
  std::string publish(std::string_view text) {
    const auto receipt = net.publish(node, "t", text);
    next_text();
    return std::string{receipt.id.raw()};
  }

  // A message of the peer's, after all that it said before.
  void send(std::string_view text) {
    peer.send_raw(stream, message(text)->frame());
    flush();
  }

  // What the peer said goes out here: it moves bytes while it waits alone.
  void flush() {
    peer.until([&] { return peer.session().buffered(stream) == 0; });
  }

  // The same, and it is known that the node has handled it.
  void send_and_wait(std::string_view text) {
    send(text);
    CHECK(next_text() == text);
  }

  void ask_for(const std::string& id) {
    proto::control want;
    want.iwant = {id};
    peer.say(stream, {}, want);
  }

  // The application's score of the peer, which its actor knows when this ends.
  void score(double value) {
    tell(net.self().ptr(), node.actor, set_application_score{peer.id(), value});
    net.get<scores_snapshot>(node.actor, inspect_scores{});
  }

  std::string next_text() { return to_string(net.next_message().msg->data()); }

  node_network net;
  node_network::running_node node;
  wire_peer peer;
  libp2p::stream_id stream{};
};

} // namespace

TEST_CASE("peer: below the gossip threshold its IWANT is not answered") {
  standing_fixture f;
  const auto first = f.publish("first");
  const auto second = f.publish("second");
  f.score(-15);
  f.ask_for(first);
  f.send_and_wait("still heard");
  f.score(0);
  f.ask_for(second);
  f.peer.until([&] { return !f.peer.heard().messages.empty(); });
  CHECK(f.peer.heard().messages == std::vector<std::string>{"second"});
}

TEST_CASE("peer: below the graylist threshold its messages are ignored, its "
          "subscriptions are not") {
  standing_fixture f;
  f.net.watch(f.node);
  f.score(-100);
  f.send("ignored");
  f.peer.say(f.stream, {{.topic = "s"}});
  f.flush();
  CHECK(f.net.next_event(node_event::kind::subscribed).topic == "s");
  f.score(0);
  f.send_and_wait("heard again");
}

TEST_CASE("peer: what it does not want it is not sent (1.2)") {
  standing_fixture f{"/meshsub/1.2.0"};
  f.peer.say(f.stream, {{.topic = "t"}});
  f.flush();
  f.net.await(f.node, "t", 1);
  proto::control unwanted;
  unwanted.idontwant = {
      std::string{standing_fixture::message("unwanted")->id().raw()}};
  f.peer.say(f.stream, {}, unwanted);
  f.send_and_wait("after it");
  f.publish("unwanted");
  f.publish("wanted");
  f.peer.until([&] { return !f.peer.heard().messages.empty(); });
  CHECK(f.peer.heard().messages == std::vector<std::string>{"wanted"});
}
