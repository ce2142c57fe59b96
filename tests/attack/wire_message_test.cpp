#include "tests/attack/wire_attack.hpp"

// Messages that are not what they should be, and what scores make of peers.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using gossip::verdict_kind;

namespace {

node_config signing_config() {
  auto result = wire_attack::config();
  result.policy = gossip::signing_policy::strict_sign;
  return result;
}

// So many messages of peer `number`, with this instead of their signatures.
std::vector<gossip::message_ptr> forged_messages(std::uint8_t number,
                                                 std::uint64_t count,
                                                 bytes_view signature) {
  std::vector<gossip::message_ptr> result;
  for (std::uint64_t i = 0; i < count; ++i)
    result.push_back(
        with_signature(*signed_message(number, i + 1, "forged"), signature));
  return result;
}

std::vector<gossip::message_ptr> plain_messages(int count) {
  std::vector<gossip::message_ptr> result;
  for (int i = 0; i < count; ++i)
    result.push_back(plain_message("plain " + std::to_string(i)));
  return result;
}

} // namespace

TEST_CASE("attack: 100 messages without or with forged signatures are "
          "rejected; PRUNE at the next heartbeat, then the graylist") {
  const auto signature = GENERATE(bytes{}, bytes(64, 0x5a));
  wire_attack f{signing_config()};
  auto& peer = f.join(9);
  auto& honest = f.join(10);
  // In one RPC, as the graylist would hide those behind the ninth.
  peer.send(rpc_of(forged_messages(9, 100, signature)));
  f.settle(peer);
  CHECK(f.inspect().cache.rejected == 100);
  CHECK(f.inspect().cache.delivered == 0);
  const auto score = f.score(peer).score;
  INFO("score " << score);
  CHECK(score < -9000);
  f.until([&] { return peer.heard().prunes.size() == 1; });
  CHECK_FALSE(f.in_mesh(peer));
  CHECK(f.in_mesh(honest));
  // Nothing of it is accepted any longer, however right it is.
  peer.send(signed_message(9, 1000, "genuine"));
  peer.graft("t");
  f.settle(peer);
  honest.send(signed_message(10, 1, "honest"));
  CHECK(f.next_text() == "honest");
  f.settle(honest);
  CHECK(peer.heard().prunes.size() == 1);
  CHECK(f.score(honest).score > 0);
  f.stop();
}

TEST_CASE("attack: a forged copy before the true one neither hides it nor "
          "goes unpunished") {
  wire_attack f{signing_config()};
  auto& forger = f.join(9);
  auto& honest = f.join(10);
  auto& reader = f.join(11);
  for (std::uint64_t i = 1; i <= 6; ++i) {
    const auto genuine = signed_message(12, i, "message " + std::to_string(i));
    forger.send(with_signature(*genuine, bytes(64, 0x5a)));
    // Every other time both are under way together.
    if (i % 2 == 0)
      f.settle(forger);
    honest.send(genuine);
    CHECK(f.next_text() == "message " + std::to_string(i));
    f.until([&] { return reader.heard().messages.size() == i; });
  }
  f.settle(forger);
  // Of the other three, those that came after the true one are not looked at.
  const auto cache = f.inspect().cache;
  CHECK(cache.rejected >= 3);
  CHECK(cache.rejected <= 6);
  CHECK(cache.delivered == 6);
  const auto score = f.score(forger).score;
  INFO("score " << score);
  CHECK(score < -5);
  CHECK(f.score(honest).score > 0);
  for (std::uint64_t i = 1; i <= 6; ++i)
    CHECK(reader.heard().copies_of("message " + std::to_string(i)) == 1);
  f.stop();
}

TEST_CASE("attack: messages in the node's own name are neither delivered nor "
          "held against who brings them") {
  wire_attack f{signing_config()};
  auto& peer = f.join(9);
  const gossip::message_signer node{node_network::config(1).identity};
  peer.send(gossip::build_message({"t", as_bytes("echo"), std::nullopt, 1},
                                  &node, gossip::default_message_id));
  f.settle(peer);
  CHECK(f.inspect().cache.duplicates == 1);
  CHECK(f.inspect().cache.rejected == 0);
  CHECK(f.inspect().cache.delivered == 0);
  CHECK(f.score(peer).score >= 0);
  f.stop();
}

TEST_CASE("attack: what the application rejects costs score, what it ignores "
          "does not") {
  const auto kind = GENERATE(verdict_kind::reject, verdict_kind::ignore);
  wire_attack f;
  topic_validation validation;
  validation.functions = {
      [kind](const gossip::message&, const libp2p::peer_id&) { return kind; }};
  f.set_validation(validation);
  auto& peer = f.join(9);
  auto& reader = f.join(10);
  peer.send(rpc_of(plain_messages(20)));
  f.settle(peer);
  const auto cache = f.inspect().cache;
  const bool rejected = kind == verdict_kind::reject;
  CHECK(cache.delivered == 0);
  CHECK(cache.rejected == (rejected ? 20 : 0));
  CHECK(cache.ignored == (rejected ? 0 : 20));
  const auto score = f.score(peer).score;
  INFO("score " << score);
  CHECK((rejected ? score < -80 : score == 0));
  CHECK(reader.heard().messages.empty());
  f.stop();
}

TEST_CASE("attack: a peer at -1000 hears nothing and is not heard") {
  wire_attack f;
  auto& peer = f.join(9);
  auto& honest = f.join(10);
  f.set_score(peer, -1000);
  f.until([&] { return !peer.heard().prunes.empty(); });
  peer.send(plain_message("from the outcast"));
  f.settle(peer);
  honest.send(plain_message("from the honest"));
  CHECK(f.next_text() == "from the honest");
  f.publish("own");
  f.until([&] { return honest.heard().messages.size() == 1; });
  peer.iwant({std::string{plain_message("own")->id().raw()}});
  peer.ihave({"something"});
  f.settle(peer);
  CHECK(peer.heard().messages.empty());
  CHECK(peer.heard().iwant.empty());
  CHECK(peer.heard().ihave.empty());
  CHECK(honest.heard().copies_of("own") == 1);
  CHECK(f.inspect().cache.delivered == 2);
  // Forgiven, it takes part again.
  f.set_score(peer, 0);
  f.settle();
  f.publish("again");
  f.until([&] { return peer.heard().copies_of("again") == 1; });
  peer.send(plain_message("from the forgiven"));
  CHECK(f.next_text() == "from the forgiven");
  f.stop();
}

TEST_CASE("attack: beyond the bound of validations messages are throttled, "
          "which costs nobody score") {
  wire_attack f;
  topic_validation validation;
  const auto judge = f.net.keep(spawn_mute_judge(f.net.system()));
  validation.actors = {judge};
  validation.timeout = 300ms;
  validation.max_messages = 10;
  f.set_validation(validation);
  auto& peer = f.join(9);
  peer.send(rpc_of(plain_messages(100)));
  // Those under validation are ignored in the end, as nobody judged them.
  f.settle(peer);
  const auto cache = f.inspect().cache;
  CHECK(cache.throttled == 90);
  CHECK(cache.ignored == 10);
  CHECK(cache.rejected == 0);
  CHECK(f.score(peer).score == 0);
  // What was throttled was not seen: it has its chance later.
  f.set_validation(std::nullopt);
  peer.send(plain_message("plain 99"));
  CHECK(f.next_text() == "plain 99");
  f.stop();
}
