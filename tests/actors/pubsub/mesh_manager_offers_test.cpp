// Peer exchange: peers that others offer, and those that are offered to them.
#include "libp2p/address/peer_record.hpp"
#include "tests/support/mesh_manager_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>

using namespace grapevine;
using namespace grapevine::test;

namespace {

// PRUNE of a topic that offers a peer which is at `where`.
proto::prune offering(const std::string& topic, const std::string& where) {
  const auto key = libp2p::private_key::generate();
  const std::array addresses{libp2p::multiaddr::from_text(where).value()};
  const auto record = libp2p::seal_peer_record(key, 1, addresses);
  const auto id = libp2p::peer_id::of(key.public_part());
  return {topic,
          {{std::string{as_text(id.view())}, std::string{as_text(record)}}},
          {}};
}

control_received offer_of(const peer_ref& peer, proto::prune prune) {
  control_received result{peer, {}, {}, 1};
  result.control.prunes.push_back(std::move(prune));
  return result;
}

std::vector<libp2p::ip_address> ip(std::string_view text) {
  return {libp2p::ip_address::from_text(text).value()};
}

} // namespace

TEST_CASE("mesh manager: a record is passed on as long as the peer is there, "
          "and an hour longer") {
  gossip::parameters params;
  params.peer_exchange = true;
  manager_fixture f{params};
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  fake_peer known_actor{f.net.sys()};
  const auto pruned = f.member(1, actor);
  const auto key = libp2p::private_key::generate();
  const peer_ref known{libp2p::peer_id::of(key.public_part()),
                       known_actor.as<peer_actor>()};
  f.say(peer_joined{known, inbound_peer, {}});
  f.subscribed(known, "a");
  const std::vector addresses{
      *libp2p::multiaddr::from_text("/ip4/192.0.2.1/tcp/4001")};
  f.say(record_learned{known.id, libp2p::seal_peer_record(key, 1, addresses)});
  SECTION("it has been there for long") {
    f.net.advance(90min);
    f.say(leave_topic{"a"});
    const auto prunes = prunes_sent_to(actor);
    REQUIRE(prunes.size() == 1);
    REQUIRE(prunes[0].peers.size() == 1);
    CHECK_FALSE(prunes[0].peers[0].signed_record.empty());
  }
  SECTION("it has left") {
    f.net.advance(50min);
    f.say(peer_left{known.id, known_actor.actor().address()});
    f.net.advance(50min);
    f.say(set_application_score{pruned.id, 200});
    // Offered without a record, it is dialled where it was.
    f.pruned(pruned, {"a", {{std::string{as_text(known.id.view())}, {}}}, {}});
    CHECK(f.events.all<connect_offered>().size() == 1);
  }
}

TEST_CASE("mesh manager: where connected peers can be reached is told, however "
          "long they are there") {
  manager_fixture f;
  const auto key = libp2p::private_key::generate();
  const auto known = libp2p::peer_id::of(key.public_part());
  const std::vector addresses{
      *libp2p::multiaddr::from_text("/ip4/192.0.2.1/tcp/4001")};
  const auto record = libp2p::seal_peer_record(key, 1, addresses);
  f.say(record_learned{known, record});
  // Not genuine: another's.
  f.say(record_learned{numbered_peer(2), record});
  f.net.advance(2h);
  const auto told = f.answer_to<signed_addresses>(
      inspect_addresses{{numbered_peer(2), known, numbered_peer(3)}});
  REQUIRE(told);
  REQUIRE(told->peers.size() == 1);
  CHECK(told->peers[0].peer == known);
  CHECK(told->peers[0].addresses == addresses);
  CHECK(told->peers[0].sealed == record);
}

TEST_CASE("mesh manager: peers are offered to be dialled with where they are") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.member(1, actor);
  f.say(set_application_score{peer.id, 200});
  const auto offer = offering("a", "/ip4/192.0.2.1/tcp/4001");
  f.say(offer_of(peer, offer));
  const auto& offered = f.events.all<connect_offered>();
  REQUIRE(offered.size() == 1);
  REQUIRE(offered[0].candidates.size() == 1);
  CHECK(as_text(offered[0].candidates[0].peer.view()) == offer.peers[0].id);
  CHECK(offered[0].candidates[0].addresses.at(0).to_text()
        == "/ip4/192.0.2.1/tcp/4001");
}

TEST_CASE(
    "mesh manager: one offer of peers is accepted per heartbeat, one of each "
    "topic") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  f.subscribed(peer, "b");
  f.say(set_application_score{peer.id, 100});
  control_received offer{peer, {}, {}, 300};
  for (int i = 0; i < 300; ++i)
    offer.control.prunes.push_back(offering("a", "/ip4/192.0.2.1/tcp/4001"));
  f.say(offer);
  CHECK(f.events.all<connect_offered>().size() == 1);
  f.net.advance(1s);
  f.say(offer);
  CHECK(f.events.all<connect_offered>().size() == 1);
  f.say(offer_of(peer, offering("b", "/ip4/192.0.2.1/tcp/4001")));
  CHECK(f.events.all<connect_offered>().size() == 2);
}

TEST_CASE(
    "mesh manager: of one peer's offers for several topics one is accepted "
    "in a heartbeat") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.member(1, actor);
  f.subscribed(peer, "b");
  f.say(set_application_score{peer.id, 100});
  f.say(offer_of(peer, offering("a", "/ip4/192.0.2.1/tcp/4001")));
  f.say(offer_of(peer, offering("b", "/ip4/192.0.2.1/tcp/4001")));
  CHECK(f.events.all<connect_offered>().size() == 1);
}

TEST_CASE(
    "mesh manager: private addresses are taken from private peers alone") {
  manager_fixture f;
  f.say(join_topic{"a"});
  const auto* from = GENERATE("203.0.113.7", "10.9.8.7", "127.0.0.1");
  const auto* where = GENERATE("/ip4/192.0.2.1/tcp/1", "/ip4/10.0.0.1/tcp/1",
                               "/ip4/127.0.0.1/tcp/1", "/ip4/0.0.0.0/tcp/1",
                               "/dns4/localhost/tcp/1");
  const auto ips = ip(from);
  const auto address = libp2p::multiaddr::from_text(where).value();
  fake_peer actor{f.net.sys()};
  const peer_ref peer{numbered_peer(1), actor.as<peer_actor>()};
  // It is known where it is now, wherever it was.
  f.say(peer_joined{peer, inbound_peer, ip("198.51.100.1")});
  f.say(peer_moved{peer, ips});
  f.subscribed(peer, "a");
  f.say(set_application_score{peer.id, 100});
  f.say(offer_of(peer, offering("a", where)));
  CHECK(f.events.all<connect_offered>().empty()
        == (gossip::scope_of(address) < gossip::scope_of(ips)));
}

TEST_CASE("mesh manager: peers are offered with their signed records, or by "
          "their ids alone") {
  gossip::parameters params;
  params.peer_exchange = true;
  manager_fixture f{params};
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  fake_peer others{f.net.sys()};
  const auto pruned = f.join(1, actor);
  const auto unknown = f.join(2, others);
  const auto key = libp2p::private_key::generate();
  const peer_ref known{libp2p::peer_id::of(key.public_part()),
                       others.as<peer_actor>()};
  f.say(peer_joined{known, inbound_peer, {}});
  for (const auto& peer : {pruned, unknown, known})
    f.subscribed(peer, "a");
  const std::vector addresses{
      *libp2p::multiaddr::from_text("/ip4/192.0.2.1/tcp/4001")};
  const auto sealed = libp2p::seal_peer_record(key, 1, addresses);
  f.say(record_learned{known.id, sealed});
  // One that is not genuine is not passed on.
  f.say(record_learned{unknown.id, sealed});
  actor.clear();
  f.say(leave_topic{"a"});
  std::map<std::string, std::string> records;
  for (const auto& msg : actor.all<send_control>())
    if (msg.control)
      for (const auto& prune : msg.control->prunes)
        for (const auto& peer : prune.peers)
          records.emplace(peer.id, peer.signed_record);
  REQUIRE(records.size() == 2);
  CHECK(records.at(std::string{as_text(known.id.view())}) == as_text(sealed));
  CHECK(records.at(std::string{as_text(unknown.id.view())}).empty());
}

TEST_CASE("mesh manager: a peer that was offered and has left proves nothing") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  constexpr gossip::peer_traits offered{gossip::version::v1_1, false, false,
                                        true};
  const auto peer = f.member(1, actor, "a", offered);
  f.net.advance(599s);
  f.say(peer_left{peer.id, actor.actor().address()});
  f.say(heartbeat_tick{});
  // It comes back of its own will.
  f.member(1, actor);
  f.net.advance(600s);
  f.say(heartbeat_tick{});
  CHECK(f.topic().outbound == 0);
}

TEST_CASE(
    "mesh manager: a peer that was found by an offer counts as one of our "
    "own choice when it has proven itself") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const peer_ref peer{numbered_peer(1), actor.as<peer_actor>()};
  f.say(peer_joined{peer, {gossip::version::v1_1, false, false, true}, {}});
  f.subscribed(peer, "a");
  const auto outbound = [&] {
    f.say(heartbeat_tick{});
    return f.snapshot().topics.at(0).outbound;
  };
  CHECK(outbound() == 0);
  f.net.advance(59s);
  CHECK(outbound() == 0);
  const bool serves = GENERATE(true, false);
  if (serves)
    f.say(set_application_score{peer.id, 1});
  f.net.advance(1s);
  CHECK(outbound() == (serves ? 1 : 0));
  f.net.advance(540s);
  CHECK(outbound() == 1);
}
