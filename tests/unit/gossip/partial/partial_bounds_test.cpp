// What partial messages may cost.
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

} // namespace

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
