// What of a group goes to whom.
#include "tests/support/partial_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

using words = std::vector<std::string>;
using kind = partial_event_kind;
using kinds = std::vector<kind>;

constexpr partial_flags requesting{true, true};
constexpr partial_flags supporting{false, true};

} // namespace

TEST_CASE("partial exchange: metadata first, parts when they are wanted",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.publish("abc", {peer});
  CHECK(f.sent_to(peer) == words{"g -|abc"});
  f.receive(peer, {}, "b");
  CHECK(f.sent_to(peer) == words{"g ac|-"});
}

TEST_CASE("partial exchange: parts are pushed if the rules are eager",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t", true, true);
  const auto peer = f.peer("t", requesting);
  f.publish("ab", {peer});
  CHECK(f.sent_to(peer) == words{"g ab|ab"});
  f.publish("abc", {peer});
  CHECK(f.sent_to(peer) == words{"g c|abc"});
}

TEST_CASE("partial exchange: nothing is said twice", "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.publish("ab", {peer, peer});
  CHECK(f.sent_to(peer) == words{"g -|ab"});
  f.publish("ab", {peer});
  CHECK(f.sent_to(peer).empty());
  f.receive(peer, {}, "");
  CHECK(f.sent_to(peer) == words{"g ab|-"});
  // However often it asks.
  f.receive(peer, {}, "");
  CHECK(f.sent_to(peer).empty());
  f.publish("abc", {peer});
  CHECK(f.sent_to(peer) == words{"g c|abc"});
}

TEST_CASE("partial exchange: later metadata replaces what was said before",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, {}, "ab");
  f.receive(peer, {}, "b");
  f.publish("ab", {});
  CHECK(f.sent_to(peer) == words{"g a|ab"});
}

TEST_CASE("partial exchange: absent metadata says nothing",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, {}, "a");
  f.receive(peer, "c", {});
  // What it said before still holds.
  f.publish("ab", {peer});
  CHECK(f.sent_to(peer) == words{"g b|ab"});
}

TEST_CASE("partial exchange: what a peer sends reaches the application",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  // In the mesh or not, subscribed or not.
  const auto peer = f.peer("other", {});
  f.receive(peer, "ab", "abc");
  REQUIRE(f.out.deliveries.size() == 1);
  const auto& got = f.out.deliveries[0];
  CHECK(got.from == peer);
  CHECK(got.topic == "t");
  CHECK(as_text(got.group) == "g");
  CHECK(as_text(got.parts.value()) == "ab");
  CHECK(as_text(got.metadata.value()) == "abc");
  f.receive(peer, {}, "");
  CHECK_FALSE(f.out.deliveries.at(1).parts);
  CHECK(f.out.deliveries.at(1).metadata);
  f.receive(peer, "c", {});
  CHECK_FALSE(f.out.deliveries.at(2).metadata);
}

TEST_CASE("partial exchange: empty partial messages are nothing",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, {}, {});
  CHECK(f.out.empty());
  CHECK(f.partial.group_count("t") == 0);
}

TEST_CASE("partial exchange: topics are those that we take part in",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("u", requesting);
  f.receive(peer, "a", "a", "u");
  CHECK(f.events() == kinds{kind::unknown_topic});
  CHECK(f.out.deliveries.empty());
  CHECK(f.partial.group_count("u") == 0);
  CHECK_FALSE(f.publish("a", {peer}, "u"));
}

TEST_CASE("partial exchange: parts that were not requested are dropped",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t", false);
  const auto peer = f.peer("t", requesting);
  f.receive(peer, "a", "ab");
  CHECK(f.events() == kinds{kind::unrequested_parts});
  REQUIRE(f.out.deliveries.size() == 1);
  CHECK_FALSE(f.out.deliveries[0].parts);
  CHECK(f.out.deliveries[0].metadata);
  f.receive(peer, "a", {});
  CHECK(f.out.deliveries.size() == 1);
  CHECK_FALSE(is_misbehaviour(kind::unrequested_parts));
}

TEST_CASE("partial exchange: metadata without sense is misbehaviour",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, "a", "A");
  REQUIRE(f.out.events.size() == 1);
  CHECK(f.out.events[0].kind == kind::invalid_metadata);
  CHECK(f.out.events[0].peer == peer);
  CHECK(is_misbehaviour(f.out.events[0].kind));
  CHECK(f.out.deliveries.empty());
  CHECK(f.partial.group_count("t") == 0);
}

TEST_CASE("partial exchange: the application need not have anything to ask",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t", true, true);
  const auto peer = f.peer("t", requesting);
  f.publish("", {peer});
  CHECK(f.sent_to(peer) == words{"g -|"});
}

TEST_CASE("partial exchange: who spoke of a group is told without a mesh",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto spoke = f.peer("t", requesting);
  const auto silent = f.peer("t", requesting);
  f.receive(spoke, {}, "a");
  f.publish("ab", {});
  CHECK(f.sent_to(spoke) == words{"g b|ab"});
  CHECK(f.sent_to(silent).empty());
}

TEST_CASE("partial exchange: gossip tells those that request of the groups",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t", true, true);
  const auto wants = f.peer("t", requesting);
  const auto supports = f.peer("t", supporting);
  const auto neither = f.peer("t", {});
  f.publish("ab", {}, "t", "g");
  f.publish("c", {}, "t", "h");
  std::vector peers{wants, supports, neither};
  f.partial.gossip("t", peers, f.out);
  // The others get IHAVE.
  CHECK(peers == std::vector{supports, neither});
  // In no order: where a group lies is nobody's to know.
  auto told = f.sent_to(wants);
  std::ranges::sort(told);
  CHECK(told == words{"g -|ab", "h -|c"});
  CHECK(f.out.sends.empty());
  SECTION("once") {
    peers = {wants};
    f.partial.gossip("t", peers, f.out);
    CHECK(f.out.sends.empty());
  }
  SECTION("again when something changed") {
    f.publish("abd", {}, "t", "g");
    CHECK(f.out.sends.empty());
    peers = {wants};
    f.partial.gossip("t", peers, f.out);
    CHECK(f.sent_to(wants) == words{"g -|abd"});
  }
  SECTION("and parts go to who answers") {
    f.receive(wants, {}, "a");
    CHECK(f.sent_to(wants) == words{"g b|-"});
  }
}

TEST_CASE("partial exchange: gossip says nothing of peers' groups",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  const auto other = f.peer("t", requesting);
  f.receive(peer, "a", "a");
  std::vector peers{other};
  f.partial.gossip("t", peers, f.out);
  CHECK(peers.empty());
  CHECK(f.out.sends.empty());
}

TEST_CASE("partial exchange: gossip of other topics is left alone",
          "[partial_messages]") {
  partial_fixture f;
  const auto peer = f.peer("t", requesting);
  std::vector peers{peer};
  f.partial.gossip("t", peers, f.out);
  CHECK(peers.size() == 1);
}

TEST_CASE("partial exchange: two nodes complete each other",
          "[partial_messages]") {
  partial_fixture a;
  partial_fixture b;
  a.takes_part("t");
  b.takes_part("t");
  const auto to_b = a.peer("t", requesting);
  const auto to_a = b.peer("t", requesting);
  std::string has_a = "ab";
  std::string has_b = "bc";
  const auto carry = [](partial_fixture& from, partial_fixture& to,
                        peer_handle sender, std::string& has) {
    const auto sends = std::exchange(from.out.sends, {});
    for (const auto& send : sends) {
      const auto length = read_varint(*send.frame);
      const auto rpc =
          proto::decode_rpc(bytes_view{*send.frame}.subspan(length.size), {});
      to.partial.receive(sender, rpc->partial.value(), to.out);
    }
    for (const auto& got : std::exchange(to.out.deliveries, {}))
      if (got.parts)
        has += as_text(*got.parts);
    return !sends.empty();
  };
  a.publish(has_a, {to_b});
  b.publish(has_b, {to_a});
  int rounds = 0;
  for (;;) {
    const bool there = carry(a, b, to_a, has_b);
    const bool back = carry(b, a, to_b, has_a);
    if (!there && !back)
      break;
    a.publish(has_a, {to_b});
    b.publish(has_b, {to_a});
    REQUIRE(++rounds < 10);
  }
  CHECK(has_a == "abc");
  CHECK(has_b == "bca");
}
