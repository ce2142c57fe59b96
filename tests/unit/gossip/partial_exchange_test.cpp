// What of a group goes to whom.
#include "tests/support/partial_fixture.hpp"

#include <catch2/catch.hpp>

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
  CHECK(f.sent_to(wants) == words{"g -|ab", "h -|c"});
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

TEST_CASE("partial exchange: parts beyond one RPC go in several",
          "[partial_messages]") {
  partial_fixture f{{}, 30};
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, {}, "");
  const std::string all = "abcdefghijklmnopqrstuvwxyz";
  f.partial.publish("t", as_bytes("g"), as_bytes(all), as_bytes("z"), {},
                    f.out);
  std::string got;
  for (const auto& send : f.out.sends) {
    CHECK(send.to == peer);
    CHECK(send.parts);
    CHECK(send.frame->size() <= 30);
    const auto text = in_words(*send.frame);
    got += text.substr(2, text.find('|') - 2);
  }
  CHECK(f.out.sends.size() == 2);
  CHECK(got == all);
}

TEST_CASE("partial exchange: what does not fit is reported, not sent",
          "[partial_messages]") {
  partial_fixture f{{}, 20};
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.publish("abcdefghijkl", {peer});
  CHECK(f.out.sends.empty());
  CHECK(f.events() == kinds{kind::too_large});
}

TEST_CASE("partial exchange: rules that exceed the room send nothing",
          "[partial_messages]") {
  struct greedy : letter_parts {
    part_choice choose(bytes_view held, const peer_parts&,
                       std::size_t) const override {
      return {to_bytes(held), {}};
    }
  };
  partial_fixture f{{}, 30};
  f.partial.set_topic("t", {true, std::make_shared<greedy>()});
  const auto peer = f.peer("t", requesting);
  SECTION("too much") {
    const std::string much(50, 'a');
    f.partial.publish("t", as_bytes("g"), as_bytes(much), {}, {{peer}}, f.out);
    CHECK(f.events() == kinds{kind::too_large});
    CHECK(f.sent_to(peer) == words{"g -|"});
  }
  SECTION("the same for ever") {
    f.publish("abc", {peer});
    CHECK(f.sent_to(peer) == words{"g abc|abc"});
  }
}

TEST_CASE("partial exchange: parts for one peer at once are bounded",
          "[partial_messages]") {
  struct slow : letter_parts {
    part_choice choose(bytes_view, const peer_parts& peer,
                       std::size_t) const override {
      return {bytes{'x'}, bytes(peer.sent.size() + 1)};
    }
  };
  partial_limits limits;
  limits.rpcs_at_once = 5;
  partial_fixture f{limits};
  f.partial.set_topic("t", {true, std::make_shared<slow>()});
  const auto peer = f.peer("t", requesting);
  f.partial.publish("t", as_bytes("g"), {}, {}, {{peer}}, f.out);
  CHECK(f.sent_to(peer).size() == 5);
}

TEST_CASE("partial exchange: a group lives for its heartbeats",
          "[partial_messages]") {
  partial_limits limits;
  limits.heartbeats = GENERATE(0u, 3u, 5u);
  partial_fixture f{limits};
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  SECTION("from the last time it was published") {
    f.publish("a", {peer});
    f.partial.heartbeat();
    f.publish("ab", {peer});
  }
  SECTION("from the time that a peer started it") {
    f.receive(peer, "a", "a");
  }
  for (std::size_t i = 0; i < std::max(limits.heartbeats, std::size_t{3});
       ++i) {
    f.partial.heartbeat();
    // What peers say of it does not keep it.
    f.receive(peer, {}, "a");
    CHECK(f.partial.group_count("t") == 1);
  }
  CHECK(f.partial.metadata_bytes(peer) == 1);
  f.partial.heartbeat();
  CHECK(f.partial.group_count("t") == 0);
  CHECK(f.partial.metadata_bytes(peer) == 0);
}

TEST_CASE("partial exchange: peers start few groups", "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  f.takes_part("u");
  const auto peer = f.peer("t", requesting);
  for (int i = 0; i < 9; ++i)
    f.receive(peer, {}, "a", "t", std::to_string(i));
  CHECK(f.partial.group_count("t") == 8);
  CHECK(f.out.deliveries.size() == 8);
  CHECK(f.events() == kinds{kind::too_many_groups});
  CHECK_FALSE(is_misbehaviour(kind::too_many_groups));
  SECTION("in each topic") {
    f.receive(peer, {}, "a", "u", "8");
    CHECK(f.partial.group_count("u") == 1);
  }
  SECTION("but may speak of those that are there") {
    f.receive(peer, {}, "b", "t", "0");
    CHECK(f.out.deliveries.size() == 9);
  }
  SECTION("and more when we have published one") {
    f.publish("a", {}, "t", "0");
    f.receive(peer, {}, "a", "t", "8");
    CHECK(f.partial.group_count("t") == 9);
    f.receive(peer, {}, "a", "t", "9");
    CHECK(f.partial.group_count("t") == 9);
  }
}

TEST_CASE("partial exchange: a peer's metadata is bounded in all",
          "[partial_messages]") {
  partial_limits limits;
  limits.metadata_per_peer = 10;
  partial_fixture f{limits};
  f.takes_part("t");
  f.takes_part("u");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, {}, "abcdef", "t", "g");
  f.receive(peer, {}, "abcde", "u", "g");
  CHECK(f.events() == kinds{kind::too_much_metadata});
  CHECK(f.partial.metadata_bytes(peer) == 6);
  f.receive(peer, {}, "abcd", "u", "g");
  CHECK(f.partial.metadata_bytes(peer) == 10);
  // It replaces its own.
  f.receive(peer, {}, "a", "t", "g");
  CHECK(f.partial.metadata_bytes(peer) == 5);
  CHECK(f.out.deliveries.size() == 3);
  f.partial.remove_topic("u");
  CHECK(f.partial.metadata_bytes(peer) == 1);
}

TEST_CASE("partial exchange: a peer without the extension is forgotten",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", requesting);
  f.receive(peer, {}, "a");
  f.publish("ab", {});
  f.out.clear();
  f.partial.set_usable(peer, false);
  CHECK(f.partial.metadata_bytes(peer) == 0);
  f.publish("abc", {peer});
  CHECK(f.out.empty());
  // Its new stream begins anew.
  f.partial.set_usable(peer, true);
  f.publish("abc", {peer});
  CHECK(f.sent_to(peer) == words{"g -|abc"});
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
  while (carry(a, b, to_a, has_b) | carry(b, a, to_b, has_a)) {
    a.publish(has_a, {to_b});
    b.publish(has_b, {to_a});
    REQUIRE(++rounds < 10);
  }
  CHECK(has_a == "abc");
  CHECK(has_b == "bca");
}
