// What comes from a peer, in virtual time: who gets it, and what of it is
// accepted.
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

libp2p::multiaddr at(std::uint16_t port) {
  return libp2p::multiaddr::from_ip_tcp("192.0.2.9", port);
}

// Something for each who takes care of a part of an RPC.
proto::control of_all_kinds() {
  proto::control result;
  result.grafts = {"t"};
  result.iwant = {"wanted"};
  result.idontwant = {
      std::string{peer_fixture::message("unwanted")->id().raw()}};
  return result;
}

} // namespace

TEST_CASE("peer: each part of an RPC goes to who takes care of it") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  auto [far, stream] = f.join();
  f.say_all(*far, stream, {{.topic = "t"}}, of_all_kinds());
  REQUIRE(f.mesh.all<control_received>().size() == 1);
  const auto& told = f.mesh.all<control_received>()[0];
  CHECK(told.from.id == peer_fixture::id());
  CHECK(told.from.actor == f.peer);
  REQUIRE(told.subscriptions.size() == 1);
  CHECK(told.subscriptions[0].topic == "t");
  CHECK(told.control.grafts == texts{"t"});
  CHECK(told.control.iwant.empty());
  CHECK(told.control.idontwant.empty());
  CHECK(told.entries == 2);
  REQUIRE(f.cache.all<iwant_received>().size() == 1);
  CHECK(f.cache.all<iwant_received>()[0].ids == texts{"wanted"});
  CHECK(f.cache.all<iwant_received>()[0].from.id == peer_fixture::id());
  f.publish({"unwanted", "fine"});
  CHECK(far->heard(far->opened().at(0)).messages == texts{"fine"});
  // The mesh is asked for nothing that is not there.
  send(*far, stream, "a message alone");
  f.run();
  CHECK(f.mesh.all<control_received>().size() == 1);
  REQUIRE(f.cache.all<messages_received>().size() == 1);
  CHECK(f.cache.all<messages_received>()[0].from.id == peer_fixture::id());
  CHECK(sink->of<gossip::trace::rpc_received>().size() == 2);
}

TEST_CASE("peer: of one that is graylisted nothing but subscriptions is "
          "accepted") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(set_standing{.graylisted = true});
  f.say_all(*far, stream, {{.topic = "t"}}, of_all_kinds());
  send(*far, stream, "unheard");
  f.run();
  REQUIRE(f.mesh.all<control_received>().size() == 1);
  CHECK(f.mesh.all<control_received>()[0].subscriptions.size() == 1);
  CHECK(f.mesh.all<control_received>()[0].control.empty());
  CHECK(f.mesh.all<control_received>()[0].entries == 1);
  CHECK(f.cache.all<iwant_received>().empty());
  CHECK(f.received().empty());
  f.publish({"unwanted"});
  CHECK(far->heard(far->opened().at(0)).messages == texts{"unwanted"});
  f.tell_peer(set_standing{});
  send(*far, stream, "heard again");
  f.run();
  CHECK(f.received() == texts{"heard again"});
}

TEST_CASE("peer: below the gossip threshold its IWANT is dropped, nothing "
          "else") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(set_standing{.without_gossip = true});
  f.say(*far, stream, of_all_kinds());
  CHECK(f.cache.all<iwant_received>().empty());
  CHECK(f.mesh.all<control_received>().size() == 1);
}

TEST_CASE("peer: what waits is cancelled when the peer no longer wants it, "
          "answers too") {
  peer_fixture f;
  const auto hello = *std::exchange(f.hello, {});
  auto [far, stream] = f.join();
  f.publish({"unwanted", "wanted"});
  f.tell_peer(send_answers{
      {peer_fixture::message("unwanted"), peer_fixture::message("asked for")}});
  f.say(*far, stream, of_all_kinds());
  f.tell_peer(hello);
  CHECK(far->heard(far->opened().at(0)).messages
        == texts{"wanted", "asked for"});
}

TEST_CASE("peer: what it does not want holds for some heartbeats") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.say(*far, stream, of_all_kinds());
  f.advance(2900ms);
  f.publish({"unwanted"});
  CHECK(far->heard(far->opened().at(0)).messages.empty());
  f.advance(200ms);
  f.publish({"unwanted"});
  CHECK(far->heard(far->opened().at(0)).messages == texts{"unwanted"});
}

TEST_CASE("peer: messages of one read are passed on together, or by RPC if "
          "lots are drawn") {
  const bool lots = GENERATE(false, true);
  peer_fixture f{[&](node_config& c) {
    if (lots)
      c.gater.emplace();
  }};
  auto [far, stream] = f.join();
  auto& other = f.connect();
  const auto second = f.open(other);
  send(*far, stream, "a");
  f.say(*far, stream, of_all_kinds());
  f.cache.clear();
  send(*far, stream, "b");
  send(*far, stream, "c");
  proto::control graft;
  graft.grafts = {"t"};
  std::vector<bytes> frames;
  proto::encode_frames({}, graft, 1024, frames);
  far->send(stream, frames.at(0));
  send(*far, stream, "d");
  send(other, second, "e");
  f.run();
  CHECK(f.received() == texts{"b", "c", "d", "e"});
  CHECK(f.cache.all<messages_received>().size() == (lots ? 4 : 2));
}

TEST_CASE("peer: more credit than it owes gives no more than that") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(return_credit{100, 100'000});
  for (int i = 0; i < 2048; ++i)
    send(*far, stream, "m");
  f.run();
  send(*far, stream, "beyond");
  f.run();
  CHECK(f.received().size() == 2048);
}

TEST_CASE("peer: entries for the mesh are to be decided like messages") {
  peer_fixture f;
  auto [far, stream] = f.join();
  std::vector<proto::subscription> topics;
  for (int i = 0; i < 2048; ++i)
    topics.push_back({.topic = std::to_string(i)});
  f.say_all(*far, stream, topics);
  send(*far, stream, "beyond");
  f.run();
  CHECK(f.received().empty());
  f.tell_peer(return_credit{1, 0});
  CHECK(f.received() == texts{"beyond"});
}

TEST_CASE("peer: a large RPC of a peer that is in time counts against the "
          "node's budget until it is whole") {
  auto memory = std::make_shared<node_memory>(1 << 30, 1 << 30);
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.memory = memory; }};
  auto [far, stream] = f.join();
  const auto whole = peer_fixture::message(std::string(100'000, 'x'));
  const bytes_view frame{whole->frame()};
  far->send(stream, frame.first(50'000));
  f.run();
  CHECK(memory->unfinished.used() >= 50'000);
  far->send(stream, frame.subspan(50'000));
  f.run();
  CHECK(memory->unfinished.used() == 0);
  CHECK(f.received().size() == 1);
}

TEST_CASE("peer: of a burst of identify pushes the last one counts") {
  // Nothing else is to wake it meanwhile.
  peer_fixture f{[](node_config& c) {
    c.session.identify_timeout = c.session.negotiation_timeout = 5min;
    c.session.ping_interval = 5min;
  }};
  auto& far = f.connect();
  for (std::uint16_t port = 1; port <= 5; ++port) {
    far.session.set_listen_addrs(
        {at(port)}, bytes(16, static_cast<std::uint8_t>(0xa0 + port)));
    f.run();
  }
  const auto& learned = f.mesh.all<record_learned>();
  REQUIRE(learned.size() == 1);
  CHECK(learned[0].sealed == bytes(16, 0xa1));
  f.advance(10'500ms);
  REQUIRE(learned.size() == 2);
  CHECK(learned[1].sealed == bytes(16, 0xa5));
  f.advance(30s);
  CHECK(learned.size() == 2);
}
