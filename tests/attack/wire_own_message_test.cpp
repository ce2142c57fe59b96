#include "tests/attack/wire_attack.hpp"

// A node that has been started again meets its own messages.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t node_number = 1;

node_config own_signing_config() {
  auto result = wire_attack::config();
  result.identity = key_of(node_number);
  result.policy = gossip::signing_policy::strict_sign;
  return result;
}

// What the node published in its former life.
std::vector<gossip::message_ptr> own_messages(std::uint64_t count) {
  std::vector<gossip::message_ptr> result;
  for (std::uint64_t i = 0; i < count; ++i)
    result.push_back(
        signed_message(node_number, i + 1, "former " + std::to_string(i)));
  return result;
}

std::vector<std::string> ids_of(const std::vector<gossip::message_ptr>& msgs) {
  std::vector<std::string> result;
  for (const auto& one : msgs)
    result.emplace_back(one->id().raw());
  return result;
}

} // namespace

TEST_CASE("attack: a node that was started again does not ask for its own "
          "messages, and blames nobody who sends them") {
  wire_attack f{own_signing_config()};
  auto& peer = f.linger(9);
  auto& member = f.join(10);
  const auto own = own_messages(20);
  peer.ihave(ids_of(own));
  f.settle(peer);
  CHECK(peer.heard().iwant.empty());
  // All the same.
  for (auto* one : {&peer, &member}) {
    const auto before = f.inspect().cache;
    one->send(rpc_of(own));
    f.settle(*one);
    CHECK(f.score(*one).score >= 0);
    const auto after = f.inspect().cache;
    CHECK(after.duplicates == before.duplicates + 20);
    CHECK(after.rejected == 0);
    CHECK(after.delivered == 0);
  }
  CHECK(f.in_mesh(member));
  // Others' are asked for as ever.
  peer.ihave(ids_of({own[0], signed_message(9, 1, "another's")}));
  f.until([&] { return peer.heard().iwant.size() == 1; });
  f.stop();
}

TEST_CASE(
    "attack: own messages that a node asked for, as their ids did not say "
    "whose they are, are an answer") {
  auto config = own_signing_config();
  config.params.timers.iwant_followup = 100ms;
  config.message_ids = gossip::message_ids{[](const proto::message_view& msg) {
    return "id of " + to_string(msg.data.value_or(bytes_view{}));
  }};
  wire_attack f{config};
  auto& peer = f.linger(9);
  const auto own = own_messages(20);
  std::vector<std::string> ids;
  for (const auto& one : own)
    ids.push_back("id of " + to_string(one->data()));
  peer.ihave(ids);
  f.until([&] { return peer.heard().iwant.size() == 20; });
  peer.send(rpc_of(own));
  f.settle(peer);
  CHECK(f.inspect().cache.rejected == 0);
  // A promise that is not kept counts within some heartbeats.
  auto& liar = f.linger(10);
  liar.ihave({"no message's"});
  f.until([&] { return f.inspect().cache.broken_promises > 0; });
  CHECK(f.inspect().cache.broken_promises == 1);
  CHECK(f.score(peer).score >= 0);
  f.stop();
}
