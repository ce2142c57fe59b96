#include "tests/support/dns_server.hpp"
#include "tests/support/pair_of_nodes.hpp"

#include <set>
#include <stop_token>
#include <thread>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

node_config with_policy(std::uint8_t number, gossip::signing_policy policy) {
  auto config = node_network::config(number);
  config.policy = policy;
  return config;
}

// Listens where a later node of this number can listen again: on an address of
// the loopback interface of its own. At 127.0.0.1 any connection that the
// machine begins meanwhile may take the port.
node_config at_own_address(std::uint8_t number) {
  auto config = node_network::config(number);
  config.listen = {libp2p::multiaddr::from_ip_tcp("127.77.0.2", 0)};
  return config;
}

// The argument is for CAF 0.17, which looks at an empty list of them through a
// null pointer, and checked containers end the program for that.
caf::behavior ignore_messages(caf::event_based_actor*, int) {
  return {[](const message_delivered&) {}};
}

} // namespace

TEST_CASE("a published message reaches a subscriber on another node") {
  const auto policy = GENERATE(gossip::signing_policy::strict_sign,
                               gossip::signing_policy::strict_no_sign);
  node_network net;
  const auto a = net.start(with_policy(1, policy));
  const auto b = net.start(with_policy(2, policy));
  net.subscribe(b, "news");
  net.connect(a, b);
  net.await(a, "news", 1);
  const auto receipt = net.publish(a, "news", "hello");
  CHECK(receipt.peers == 1);
  const auto got = net.next_message();
  CHECK(text_of(got) == "hello");
  CHECK(got.msg->id() == receipt.id);
  CHECK(got.source == a.id);
  net.stop(a);
  net.stop(b);
}

TEST_CASE("the listener publishes to the dialer as well") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  net.subscribe(a, "news");
  net.connect(a, b);
  net.await(b, "news", 1);
  CHECK(net.publish(b, "news", "hello").peers == 1);
  CHECK(text_of(net.next_message()) == "hello");
  net.stop(a);
  net.stop(b);
}

TEST_CASE("a message of 900 KiB arrives whole") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  net.subscribe(b, "blobs");
  net.connect(a, b);
  net.await(a, "blobs", 1);
  const std::string blob(std::size_t{900} * 1024, 'x');
  net.publish(a, "blobs", blob);
  CHECK(text_of(net.next_message()) == blob);
  net.stop(a);
  net.stop(b);
}

TEST_CASE("a message too large for an RPC is refused with its size") {
  node_network net;
  const auto a = net.start(1);
  const std::string blob(std::size_t{2} * 1024 * 1024, 'x');
  const auto why = net.get_error<publish_receipt>(
      a.actor, publish_message{"t", to_bytes(as_bytes(blob))});
  CHECK(why.find("2097152 bytes") != std::string::npos);
  net.stop(a);
}

TEST_CASE("a message without takers has a receipt that says so") {
  node_network net;
  const auto a = net.start(1);
  CHECK(net.publish(a, "nobody", "hello").peers == 0);
  net.stop(a);
}

TEST_CASE("simultaneous dials end in one peer on either side, and messages "
          "arrive once") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  net.subscribe(a, "t");
  net.subscribe(b, "t");
  auto& self = net.self();
  [[maybe_unused]] const auto there =
      ask(self.ptr(), a.actor, node_network::patience,
          connect_peer{b.addresses.at(0)});
  net.connect(b, a);
  net.await(a, "t", 1);
  net.await(b, "t", 1);
  CHECK(net.get<node_snapshot>(a.actor, inspect_node{}).peers.size() == 1);
  CHECK(net.get<node_snapshot>(b.actor, inspect_node{}).peers.size() == 1);
  net.publish(a, "t", "from a");
  // Each node delivers it once: to its own subscriber and to the other's.
  CHECK(text_of(net.next_message()) == "from a");
  CHECK(text_of(net.next_message()) == "from a");
  net.publish(b, "t", "from b");
  CHECK(text_of(net.next_message()) == "from b");
  CHECK(text_of(net.next_message()) == "from b");
  CHECK(net.no_message(200ms));
  net.stop(a);
  net.stop(b);
}

TEST_CASE("dialling another identity than the one that answers fails") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  const auto wrong = b.addresses.at(0).with_peer(a.id);
  const auto stranger = net.start(3);
  const auto why =
      net.get_error<peer_connected>(stranger.actor, connect_peer{wrong});
  CHECK(why.find("another") != std::string::npos);
  net.stop(a);
  net.stop(b);
  net.stop(stranger);
}

TEST_CASE("a dial that nobody answers fails with the address and the cause") {
  node_network net;
  const auto a = net.start(1);
  const auto why = net.get_error<peer_connected>(
      a.actor,
      connect_peer{*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/1")});
  CHECK(why.find("/ip4/127.0.0.1/tcp/1") != std::string::npos);
  CHECK(why.find("refused") != std::string::npos);
  net.stop(a);
}

TEST_CASE("a name is resolved before it is dialled") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  const auto port = *b.addresses.at(0).value_of(libp2p::addr_protocol::tcp);
  const auto address =
      *libp2p::multiaddr::from_text("/dns4/localhost/tcp/" + port);
  CHECK(net.get<peer_connected>(a.actor, connect_peer{address}).peer == b.id);
  net.stop(a);
  net.stop(b);
}

TEST_CASE("all peers that a name has are connected") {
  dns_server names;
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  auto asking = node_network::config(3);
  asking.dns_servers = {{names.place()}};
  names.set_texts(
      "_dnsaddr.nodes.test",
      {"dnsaddr=" + a.addresses.at(0).to_text(),
       "dnsaddr=/dns4/b.test/tcp/"
           + *b.addresses.at(0).value_of(libp2p::addr_protocol::tcp)});
  names.set_addresses("b.test", {"127.0.0.1"});
  const std::jthread serving{[&names](const std::stop_token& end) {
    while (!end.stop_requested()) {
      names.wait(10);
      names.serve();
    }
  }};
  const auto c = net.start(asking);
  net.watch(c);
  tell(net.self().ptr(), c.actor,
       keep_connected{*libp2p::multiaddr::from_text("/dnsaddr/nodes.test")});
  const std::set found{net.next_event(node_event::kind::connected).peer,
                       net.next_event(node_event::kind::connected).peer};
  CHECK(found == std::set{a.id, b.id});
  net.stop(a);
  net.stop(b);
  net.stop(c);
}

TEST_CASE("a kept peer that comes back is connected again, and messages flow") {
  node_network net;
  const auto a = net.start(1);
  auto b = net.start(at_own_address(2));
  net.watch(a);
  tell(net.self().ptr(), a.actor, keep_connected{b.addresses.at(0)});
  net.next_event(node_event::kind::connected);
  auto again = node_network::config(2);
  again.listen = {b.addresses.at(0).without_peer()};
  net.stop(b);
  net.next_event(node_event::kind::disconnected);
  b = net.start(again);
  net.subscribe(b, "t");
  net.next_event(node_event::kind::connected);
  net.await(a, "t", 1);
  net.publish(a, "t", "again");
  CHECK(text_of(net.next_message()) == "again");
  net.stop(a);
  net.stop(b);
}

TEST_CASE("a kept peer is dialled again though others have connected since") {
  node_network net;
  const auto a = net.start(1);
  auto b = net.start(at_own_address(2));
  const auto c = net.start(3);
  net.watch(a);
  tell(net.self().ptr(), a.actor, keep_connected{b.addresses.at(0)});
  net.next_event(node_event::kind::connected);
  net.connect(c, a);
  net.next_event(node_event::kind::connected);
  auto again = node_network::config(2);
  again.listen = {b.addresses.at(0).without_peer()};
  net.stop(b);
  net.next_event(node_event::kind::disconnected);
  b = net.start(again);
  CHECK(net.next_event(node_event::kind::connected).peer == b.id);
  net.stop(a);
  net.stop(b);
  net.stop(c);
}

TEST_CASE("a stopping node is out of its peers' meshes when it has gone") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  net.watch(a);
  net.subscribe(b, "t");
  net.connect(a, b);
  net.next_event(node_event::kind::subscribed);
  net.stop(b);
  CHECK(net.next_event(node_event::kind::disconnected).peer == b.id);
  for (const auto& topic :
       net.get<node_snapshot>(a.actor, inspect_node{}).mesh.topics) {
    CHECK(topic.mesh.empty());
    CHECK(topic.peers.empty());
  }
  net.stop(a);
}

TEST_CASE("a message crosses nodes that only relay it") {
  node_network net;
  const auto a = net.start(1);
  auto relay_config = node_network::config(2);
  relay_config.topics = {"t"};
  const auto relay = net.start(relay_config);
  const auto c = net.start(3);
  net.subscribe(c, "t");
  net.connect(a, relay);
  net.connect(c, relay);
  net.await(a, "t", 1);
  net.await(relay, "t", 1);
  net.publish(a, "t", "over two hops");
  const auto got = net.next_message();
  CHECK(text_of(got) == "over two hops");
  CHECK(got.source == relay.id);
  CHECK(got.msg->author() == a.id);
  net.stop(a);
  net.stop(relay);
  net.stop(c);
}

TEST_CASE("who subscribes again changes between messages and batches") {
  node_network net;
  const auto a = net.start(1);
  net.subscribe(a, "t");
  net.publish(a, "t", "alone");
  CHECK(text_of(net.next_message()) == "alone");
  tell(net.self().ptr(), a.actor, subscribe_topic{"t", net.inbox(), true});
  net.publish(a, "t", "in a batch");
  messages_delivered batch;
  net.self()->receive([&](messages_delivered& msg) { batch = std::move(msg); },
                      caf::after(10s) >> [] {});
  REQUIRE(batch.msgs.size() == 1);
  CHECK(text_of(batch.msgs[0]) == "in a batch");
  net.subscribe(a, "t");
  net.publish(a, "t", "alone again");
  CHECK(text_of(net.next_message()) == "alone again");
  net.stop(a);
}

TEST_CASE("the last subscriber to end leaves the topic") {
  node_network net;
  const auto a = net.start(1);
  const auto b = net.start(2);
  net.watch(a);
  net.connect(a, b);
  auto subscriber = net.keep(net.system().spawn(ignore_messages, 0));
  tell(net.self().ptr(), b.actor, subscribe_topic{"t", subscriber});
  net.next_event(node_event::kind::subscribed);
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
  CHECK(net.next_event(node_event::kind::unsubscribed).topic == "t");
  net.stop(a);
  net.stop(b);
}

TEST_CASE("a node that was not started says so") {
  node_network net;
  const auto node = net.keep(spawn_node(net.system(), node_network::config(1)));
  CHECK(net.get_error<publish_receipt>(node, publish_message{"t", {}})
        == "the node has not been started");
  net.get<node_stopped>(node, stop_node{});
}

TEST_CASE("an address that is taken is an error that names it") {
  node_network net;
  const auto a = net.start(1);
  auto config = node_network::config(2);
  config.listen = {a.addresses.at(0).without_peer()};
  const auto node = net.keep(spawn_node(net.system(), config));
  const auto why = net.get_error<node_started>(node, start_node{});
  CHECK(why.find(config.listen[0].to_text()) != std::string::npos);
  CHECK(why.find("in use") != std::string::npos);
  net.get<node_stopped>(node, stop_node{});
  net.stop(a);
}
