#include "tests/attack/wire_attack.hpp"
#include "tests/support/open_descriptors.hpp"

// What others may make the node remember, and what remains of them.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE("attack: of 100,000 subscriptions of a peer 4,096 are kept") {
  wire_attack f;
  auto& peer = f.join(9);
  auto& honest = f.join(10);
  std::vector<proto::subscription> all;
  for (int i = 0; i < 100'000; ++i)
    all.push_back({.topic = "topic " + std::to_string(i)});
  peer.wire.say(peer.out, all);
  peer.subscribe("no room");
  peer.subscribe("topic 0", false);
  peer.subscribe("the last");
  honest.send(plain_message("meanwhile"));
  CHECK(f.next_text() == "meanwhile");
  f.until([&] { return peer.wire.flushed(peer.out); });
  // Of those that were refused nobody hears.
  std::vector<std::string> kept;
  while (kept.empty() || kept.back() != "the last")
    if (auto event = f.net.next_event(node_event::kind::subscribed);
        event.peer == peer.id())
      kept.push_back(std::move(event.topic));
  CHECK(kept.size() == 4096 + 1);
  CHECK(kept.front() == "t");
  CHECK(kept[4095] == "topic 4094");
  CHECK(f.score(peer).score >= 0);
  f.publish("still working");
  f.until([&] { return honest.heard().copies_of("still working") == 1; });
  f.stop();
}

TEST_CASE("attack: nothing is left of peers that have gone") {
  wire_attack f;
  f.publish("before anyone came");
  const auto descriptors = open_descriptors();
  for (int round = 0; round < 3; ++round) {
    std::vector<attacker*> peers;
    for (std::uint8_t number = 20; number < 40; ++number) {
      auto& peer = *peers.emplace_back(&f.connect(number));
      peer.subscribe("t");
      for (int i = 0; i < 20; ++i)
        peer.subscribe("topic " + std::to_string(i));
      peer.graft("t");
      peer.ihave({"id of " + std::to_string(number)});
      peer.idontwant({"unwanted"});
      peer.send(plain_message("of " + std::to_string(number * 10 + round)));
      f.settle(peer);
    }
    CHECK(f.inspect().peers.size() == 20);
    CHECK(f.inspect().mesh.topics.at(0).peers.size() == 20);
    for (auto* peer : peers)
      f.leave(*peer);
    const auto left = f.inspect();
    CHECK(left.peers.empty());
    CHECK(left.mesh.peers == 0);
    REQUIRE(left.mesh.topics.size() == 1);
    CHECK(left.mesh.topics[0].topic == "t");
    CHECK(left.mesh.topics[0].mesh.empty());
    CHECK(left.mesh.topics[0].peers.empty());
    CHECK(left.cache.validating == 0);
    CHECK(f.net.get<scores_snapshot>(f.node.actor, inspect_scores{})
              .peers.empty());
    f.until([&] { return open_descriptors() == descriptors; });
  }
  f.stop();
}

TEST_CASE("attack: connections that never speak are closed, and keep nobody "
          "out for long") {
  auto config = wire_attack::config();
  config.session.handshake_timeout = 1000ms;
  wire_attack f{config};
  const auto descriptors = open_descriptors();
  // More than the 256 handshakes that may be under way at once.
  std::vector<unique_fd> silent;
  const auto where = endpoint::of(f.node.addresses.at(0)).value();
  for (int i = 0; i < 400; ++i) {
    auto fd = start_connect(where);
    REQUIRE(fd);
    silent.push_back(std::move(*fd));
  }
  auto& honest = f.connect(9, "/meshsub/1.2.0", "127.0.0.3");
  honest.subscribe("t");
  f.until([&] { return honest.heard().grafted("t"); });
  honest.send(plain_message("let in"));
  CHECK(f.next_text() == "let in");
  // Each gets its end.
  std::size_t closed = 0;
  f.until([&] {
    std::array<std::uint8_t, 256> buffer;
    for (auto& fd : silent)
      while (fd) {
        const auto got = read_some(fd.get(), buffer);
        if (got.status == io_status::would_block)
          break;
        if (got.status != io_status::done) {
          fd = unique_fd{};
          ++closed;
        }
      }
    return closed == silent.size();
  });
  f.leave(honest);
  f.until([&] { return open_descriptors() == descriptors; });
  f.stop();
}

TEST_CASE("attack: connections of one peer beyond the fourth are refused") {
  wire_attack f;
  auto& first = f.join(9);
  std::vector<std::unique_ptr<wire_peer>> more;
  for (int i = 0; i < 20; ++i)
    more.push_back(
        std::make_unique<wire_peer>(std::uint8_t{9}, f.node.addresses.at(0)));
  f.until([&] {
    std::vector<wire_peer*> all;
    for (const auto& one : more)
      all.push_back(one.get());
    int steps = 0;
    wire_peer::pump(all, [&] { return ++steps > 1; });
    return std::ranges::count_if(all, [](auto* one) { return one->ended(); })
           >= 17;
  });
  CHECK(f.inspect().peers.size() == 1);
  f.publish("to the peer");
  f.until([&] { return first.heard().copies_of("to the peer") == 1; });
  f.stop();
}
