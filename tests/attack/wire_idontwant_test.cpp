#include "tests/attack/wire_attack.hpp"

// IDONTWANT (1.2), received and sent.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// Above the threshold of 1,024 bytes from which on a message is worth it.
const std::string padding(2000, 'x');

std::string id_of(std::string_view text) {
  return std::string{plain_message(text)->id().raw()};
}

// Heartbeats so rare that neither budgets nor what a peer said expire.
node_config rare_heartbeats() {
  return wire_attack::config(60s);
}

} // namespace

TEST_CASE("attack: IDONTWANT keeps a message from the peer that said it, and "
          "from nobody else") {
  wire_attack f{rare_heartbeats()};
  auto& peer = f.join(9);
  auto& other = f.join(10);
  auto& sender = f.join(11);
  peer.idontwant({id_of("unwanted")});
  f.settle(peer);
  sender.send(plain_message("unwanted"));
  sender.send(plain_message("wanted"));
  f.until([&] { return other.heard().messages.size() == 2; });
  f.until([&] { return peer.heard().copies_of("wanted") == 1; });
  f.settle(sender);
  CHECK(peer.heard().copies_of("unwanted") == 0);
  // Nor does IWANT bring it.
  peer.iwant({id_of("unwanted"), id_of("wanted")});
  f.until([&] { return peer.heard().copies_of("wanted") == 2; });
  f.settle(peer);
  CHECK(peer.heard().copies_of("unwanted") == 0);
  f.stop();
}

TEST_CASE(
    "attack: of 1,001 IDONTWANT in a heartbeat the last is not accepted") {
  wire_attack f{rare_heartbeats()};
  auto& peer = f.join(9);
  auto& sender = f.join(11);
  for (int i = 1; i <= 1001; ++i)
    peer.idontwant({id_of("message " + std::to_string(i))});
  f.settle(peer);
  for (const int i : {1, 500, 1000, 1001})
    sender.send(plain_message("message " + std::to_string(i)));
  f.settle(sender);
  CHECK(peer.heard().messages == std::vector<std::string>{"message 1001"});
  f.stop();
}

TEST_CASE("attack: after the heartbeat IDONTWANT works again, and in the end "
          "it expires") {
  wire_attack f{wire_attack::config(400ms)};
  auto& peer = f.join(9);
  auto& sender = f.join(11);
  int number = 0;
  const auto next = [&] { return "message " + std::to_string(++number); };
  // Whether an IDONTWANT of a new message is accepted.
  const auto accepted = [&] {
    const auto text = next();
    peer.idontwant({id_of(text)});
    f.settle(peer);
    sender.send(plain_message(text));
    f.settle(sender);
    return peer.heard().copies_of(text) == 0;
  };
  const auto flood = [&] {
    for (int i = 0; i < 1500; ++i)
      peer.idontwant({"an id"});
  };
  flood();
  while (accepted())
    flood();
  f.until(accepted);
  const auto text = next();
  peer.idontwant({id_of(text)});
  f.settle(peer);
  const auto said = std::chrono::steady_clock::now();
  // Three heartbeats.
  f.until([&] { return std::chrono::steady_clock::now() - said > 1200ms; });
  sender.send(plain_message(text));
  f.until([&] { return peer.heard().copies_of(text) == 1; });
  f.stop();
}

TEST_CASE("attack: of 11 ids in one IDONTWANT ten are kept; an empty one is "
          "nothing") {
  wire_attack f{rare_heartbeats()};
  auto& peer = f.join(9);
  auto& sender = f.join(11);
  std::vector<std::string> ids;
  for (int i = 1; i <= 11; ++i)
    ids.push_back(id_of("message " + std::to_string(i)));
  peer.send(rpc_of_idontwant({}));
  peer.send(rpc_of_idontwant(ids));
  f.settle(peer);
  for (int i = 1; i <= 11; ++i)
    sender.send(plain_message("message " + std::to_string(i)));
  f.settle(sender);
  CHECK(peer.heard().messages == std::vector<std::string>{"message 11"});
  f.stop();
}

TEST_CASE("attack: what a peer said by IDONTWANT ends with its stream") {
  wire_attack f{rare_heartbeats()};
  auto& peer = f.join(9);
  auto& sender = f.join(11);
  peer.idontwant({id_of("one"), id_of("two")});
  f.settle(peer);
  sender.send(plain_message("one"));
  f.settle(sender);
  CHECK(peer.heard().messages.empty());
  peer.wire.session().close_stream(peer.out);
  peer.out = peer.wire.open("/meshsub/1.2.0");
  f.settle(peer);
  sender.send(plain_message("two"));
  f.until([&] { return peer.heard().copies_of("two") == 1; });
  f.stop();
}

TEST_CASE("attack: IDONTWANT goes out before validation, to peers of the mesh "
          "that speak 1.2, and not to the sender") {
  wire_attack f{rare_heartbeats()};
  topic_validation validation;
  const auto judge = f.net.keep(spawn_mute_judge(f.net.system()));
  validation.actors = {judge};
  validation.timeout = 60s;
  f.set_validation(validation);
  auto& sender = f.join(9);
  auto& in_mesh = f.join(10);
  auto& newest = f.join(11, "/meshsub/1.3.0");
  auto& older = f.join(12, "/meshsub/1.1.0");
  auto& outside = f.linger(13);
  sender.send(plain_message("small"));
  sender.send(plain_message("large" + padding));
  const std::vector<std::string> large{id_of("large" + padding)};
  f.until([&] {
    return !in_mesh.heard().idontwant.empty()
           && !newest.heard().idontwant.empty();
  });
  CHECK(f.inspect().cache.validating == 2);
  CHECK(f.inspect().cache.delivered == 0);
  f.settle();
  CHECK(in_mesh.heard().idontwant == large);
  CHECK(newest.heard().idontwant == large);
  CHECK(sender.heard().idontwant.empty());
  CHECK(older.heard().idontwant.empty());
  CHECK(outside.heard().idontwant.empty());
  f.stop();
}
