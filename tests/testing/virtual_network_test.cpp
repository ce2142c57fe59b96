#include "messages/init.hpp"
#include "testing/virtual_network.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace grapevine;
using namespace std::chrono_literals;
using grapevine::testing::virtual_network;

namespace {

// An application's actor: keeps what comes.
caf::behavior reader(caf::event_based_actor*,
                     const std::shared_ptr<std::vector<std::string>>& got) {
  return {[got](const message_delivered& message) {
    got->push_back(to_string(message.msg->data()));
  }};
}

} // namespace

TEST_CASE("testing: nodes talk in virtual time", "[testing]") {
  virtual_network net;
  const auto a = net.start(net.config(1));
  const auto b = net.start(net.config(2));
  const auto got = std::make_shared<std::vector<std::string>>();
  net.get<changed>(b, subscribe_topic{"news", net.system().spawn(reader, got)});
  net.get<peer_connected>(a, connect_peer{net.address(2)});
  net.get<peers_ready>(a, await_peers{"news", 1, 20s});
  const auto receipt = net.get<publish_receipt>(
      a, publish_message{"news", to_bytes(as_bytes("hello"))});
  net.run();
  CHECK(receipt.peers == 1);
  CHECK(*got == std::vector<std::string>{"hello"});
}

TEST_CASE("testing: time passes when the test says so", "[testing]") {
  virtual_network net;
  auto config = net.config(1);
  config.redial_min = config.redial_max = 10s;
  config.peers = {net.address(2)};
  const auto a = net.start(std::move(config));
  const auto peers = [&] {
    return net.get<node_snapshot>(a, inspect_node{}).peers.size();
  };
  CHECK(peers() == 0);
  const auto b = net.start(net.config(2));
  net.run();
  CHECK(peers() == 0);
  net.advance(11s);
  CHECK(peers() == 1);
}

TEST_CASE("testing: what is not answered is said", "[testing]") {
  virtual_network net;
  const auto a = net.start(net.config(1));
  CHECK_FALSE(net.ask_now<peers_ready>(a, await_peers{"news", 1, 20s}));
  const auto refused = net.ask_now<publish_receipt>(a, publish_message{"", {}});
  REQUIRE(refused);
  CHECK(refused->error() == node_errc::too_large);
  CHECK_THROWS_WITH(net.get<peer_connected>(a, connect_peer{net.address(7)}),
                    Catch::Contains("nobody listens at /memory/7"));
}
