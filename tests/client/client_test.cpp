#include "tests/client/client_network.hpp"
#include "tests/support/temporary_folder.hpp"

#include <atomic>
#include <stdexcept>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("clients exchange messages", "[client]") {
  two_clients f;
  auto news = value_of(f.b.subscribe("news"));
  f.await("news");
  const auto receipt = value_of(f.a.publish_and_wait("news", bytes_of("hi")));
  CHECK(receipt.peers == 1);
  const auto got = news.pop_for(patience);
  REQUIRE(got);
  CHECK(as_text(got->msg->data()) == "hi");
  CHECK(got->msg->author() == f.a.id());
  CHECK(got->source == f.a.id());
}

TEST_CASE("a message is published once there are peers", "[client]") {
  two_clients f;
  publish_options when_ready;
  when_ready.min_peers = 1;
  when_ready.patience = patience;
  auto receipt = f.a.publish("news", bytes_of("early"), when_ready);
  auto news = value_of(f.b.subscribe("news"));
  CHECK(value_of(receipt.get()).peers == 1);
  CHECK(news.pop_for(patience));
}

TEST_CASE("a batch is published at once", "[client]") {
  two_clients f;
  auto news = value_of(f.b.subscribe("news"));
  f.await("news");
  const auto done =
      value_of(f.a.publish_batch("news", {bytes_of("1"), bytes_of("2")}).get());
  CHECK(done.receipts.size() == 2);
  CHECK(news.pop_for(patience));
  CHECK(news.pop_for(patience));
}

TEST_CASE("own messages may be left out of a queue", "[client]") {
  auto one = started(numbered_options(1));
  queue_options others;
  others.own_messages = false;
  auto all = value_of(one.subscribe("news"));
  auto without = value_of(one.subscribe("news", others));
  value_of(one.publish_and_wait("news", bytes_of("mine")));
  REQUIRE(all.pop_for(patience));
  CHECK_FALSE(without.try_pop());
}

TEST_CASE("validators decide what is delivered, and attach values",
          "[client]") {
  two_clients f;
  client_validation how;
  how.functions = {[](const gossip::message& msg, const libp2p::peer_id&) {
    if (as_text(msg.data()) == "bad")
      return judgement{gossip::verdict_kind::reject};
    return judgement{gossip::verdict_kind::accept};
  }};
  succeed(f.b.validate("news", how));
  auto news = value_of(f.b.subscribe("news"));
  f.await("news");
  value_of(f.a.publish_and_wait("news", bytes_of("bad")));
  value_of(f.a.publish_and_wait("news", bytes_of("good")));
  const auto got = news.pop_for(patience);
  REQUIRE(got);
  CHECK(as_text(got->msg->data()) == "good");
  succeed(f.b.validate("news", std::nullopt));
  value_of(f.a.publish_and_wait("news", bytes_of("bad again")));
  CHECK(news.pop_for(patience));
}

TEST_CASE("a validator cannot wait for its node", "[client]") {
  two_clients f;
  moment asked;
  std::atomic<node_errc> answer = node_errc::none;
  client_validation how;
  how.functions = {[&](const gossip::message&, const libp2p::peer_id&) {
    const auto refused = f.b.snapshot();
    answer = refused ? node_errc::none : refused.error().code;
    asked.set();
    return judgement{};
  }};
  succeed(f.b.validate("news", how));
  auto news = value_of(f.b.subscribe("news"));
  f.await("news");
  value_of(f.a.publish_and_wait("news", bytes_of("hi")));
  REQUIRE(asked.wait());
  CHECK(answer == node_errc::bad_parameters);
  CHECK(news.pop_for(patience));
}

TEST_CASE("a client tells of its peers", "[client]") {
  two_clients f;
  const auto shown = value_of(f.a.snapshot());
  CHECK(shown.self == f.a.id());
  REQUIRE(shown.peers.size() == 1);
  CHECK(shown.peers[0].peer == f.b.id());
  CHECK(value_of(f.a.peers()).peers.size() == 1);
  succeed(f.a.relay("weather"));
  CHECK(value_of(f.b.await_peers("weather", 1, patience)) == 1);
  succeed(f.a.disconnect(f.b.id()));
}

TEST_CASE("a client stays connected to whom it is to", "[client]") {
  auto a = started(numbered_options(1));
  auto b = started(numbered_options(2));
  succeed(a.keep_connected(b.addresses().at(0)));
  auto news = value_of(b.subscribe("news"));
  CHECK(value_of(a.await_peers("news", 1, patience)) == 1);
  succeed(a.block(b.id()));
}

TEST_CASE("what a client cannot do is said", "[client]") {
  auto one = started(numbered_options(1));
  CHECK(one.subscribe("").error().code == node_errc::unknown_topic);
  CHECK(one.subscribe("news", nullptr).error().code
        == node_errc::bad_parameters);
  CHECK(one.watch(nullptr).error().code == node_errc::bad_parameters);
  CHECK(one.publish("", bytes_of("x")).get().error().code
        == node_errc::too_large);
  const auto nobody = *libp2p::multiaddr::from_text("/ip4/127.0.0.1/udp/1");
  CHECK_FALSE(one.connect(nobody));
  client_validation empty;
  empty.functions = {nullptr};
  CHECK(one.validate("news", empty).error().code == node_errc::bad_parameters);
}

TEST_CASE("a client that cannot start says why", "[client]") {
  const auto first = started(numbered_options(1));
  auto options = numbered_options(2);
  SECTION("an address in use") {
    options.listen = {
        *libp2p::multiaddr::from_text(first.addresses().at(0).to_text())};
    CHECK(client::start(options).error().code == node_errc::bad_address);
  }
  SECTION("two identities") {
    options.identity_file = "/nowhere/key";
    CHECK(client::start(options).error().code == node_errc::bad_parameters);
  }
  SECTION("a private network without its key") {
    options.network_key_file = "/nowhere/swarm.key";
    CHECK(client::start(options).error().code == node_errc::bad_parameters);
  }
  SECTION("a setting that is not possible") {
    options.params.mesh.degree_low = options.params.mesh.degree_high + 1;
    CHECK(client::start(options).error().code == node_errc::bad_parameters);
  }
}

TEST_CASE("a client keeps its identity in a file", "[client]") {
  const temporary_folder folder;
  auto options = numbered_options(1);
  options.identity.reset();
  options.identity_file = folder / "key";
  const auto id = [&] { return started(options).id(); };
  const auto first = id();
  CHECK(id() == first);
}
