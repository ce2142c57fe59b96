// Partial messages (1.3): what the mesh manager does for them.
#include "messages/api.hpp"
#include "tests/support/mesh_manager_fixture.hpp"
#include "tests/support/partial_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

using texts = std::vector<std::string>;

constexpr gossip::peer_traits newest_peer{gossip::version::v1_3, false, false};

// Rules that fail whenever they are asked.
struct broken_rules : gossip::part_rules {
  bool valid(bytes_view) const override {
    throw std::runtime_error{"no rules today"};
  }

  gossip::part_choice choose(bytes_view, const gossip::peer_parts&,
                             std::size_t) const override {
    throw std::runtime_error{"no rules today"};
  }
};

// A mesh manager that takes part in the partial messages of "t", with a peer
// in its mesh that requests parts and supplies them.
struct partial_manager : manager_fixture {
  explicit partial_manager(bool enabled = true)
      : manager_fixture{changed_context(
          [&](node_context& ctx) { ctx.config.partial_messages = enabled; })},
        app{net.sys()}, actor{net.sys()} {
    say(join_topic{"t"});
  }

  // Whether it was done.
  bool takes_part(std::string_view topic = "t", bool requests = true,
                  std::shared_ptr<const gossip::part_rules> rules =
                      std::make_shared<letter_parts>()) {
    return answer_to<changed>(set_partial_topic{std::string{topic},
                                                {requests, std::move(rules)},
                                                app.actor()})
        .has_value();
  }

  bool publish(std::string_view parts, std::string_view topic = "t") {
    return answer_to<changed>(publish_partial{std::string{topic},
                                              to_bytes(as_bytes("g")),
                                              to_bytes(as_bytes(parts)),
                                              to_bytes(as_bytes(parts))})
        .has_value();
  }

  peer_ref come(std::uint32_t number, const fake_peer& who,
                bool usable = true) {
    auto peer = join(number, who, true, newest_peer);
    say(partial_usable{peer.id, usable});
    say(control_received{peer, {{"t", true, true, true}}, {}, 1});
    return peer;
  }

  void receive(const peer_ref& peer, std::optional<std::string_view> parts,
               std::optional<std::string_view> metadata,
               std::string_view topic = "t") {
    const auto frame = std::make_shared<const bytes>(100);
    proto::partial_view view{topic, as_bytes("g"), {}, {}};
    if (parts)
      view.parts = as_bytes(*parts);
    if (metadata)
      view.metadata = as_bytes(*metadata);
    say(partial_received{peer, frame, view});
  }

  // What the peer was sent, in words.
  static texts sent_to(const fake_peer& peer) {
    texts result;
    for (const auto& one : peer.all<send_partial>())
      result.push_back(in_words(*one.frame));
    return result;
  }

  recorder<partial_delivered> app;
  fake_peer actor;
};

} // namespace

TEST_CASE("mesh manager: partial messages have to be announced by the "
          "configuration") {
  partial_manager f{false};
  CHECK_FALSE(f.takes_part());
  partial_manager enabled;
  CHECK(enabled.takes_part());
}

TEST_CASE("mesh manager: a subscription says how this node takes part, and is "
          "said again when that changes") {
  partial_manager f;
  f.join(1, f.actor);
  f.actor.clear();
  const auto said = [&] {
    const auto& all = f.actor.all<send_control>();
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].subscriptions);
    REQUIRE(all[0].subscriptions->size() == 1);
    const auto result = all[0].subscriptions->front();
    f.actor.clear();
    return result;
  };
  REQUIRE(f.takes_part());
  auto own = said();
  CHECK(own.topic == "t");
  CHECK(own.subscribe);
  CHECK(own.requests_partial);
  CHECK(own.supports_partial);
  REQUIRE(f.takes_part("t", false));
  own = said();
  CHECK_FALSE(own.requests_partial);
  CHECK(own.supports_partial);
  REQUIRE(f.takes_part("t", false, nullptr));
  own = said();
  CHECK(own.subscribe);
  CHECK_FALSE(own.supports_partial);
  // Of a topic that is not joined nothing is said, until it is.
  REQUIRE(f.takes_part("u"));
  CHECK(f.actor.all<send_control>().empty());
  f.say(join_topic{"u"});
  CHECK(said().requests_partial);
}

TEST_CASE("mesh manager: the hello says how this node takes part") {
  partial_manager f;
  REQUIRE(f.takes_part());
  f.join(1, f.actor);
  const auto& hello = f.actor.all<send_hello>().at(0).subscriptions.at(0);
  CHECK(hello.requests_partial);
  CHECK(hello.supports_partial);
}

TEST_CASE("mesh manager: parts are published to the mesh, and sent to who "
          "asks for them") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor);
  CHECK(f.publish("ab"));
  CHECK(f.sent_to(f.actor) == texts{"g -|ab"});
  f.receive(peer, {}, "a");
  CHECK(f.sent_to(f.actor) == texts{"g -|ab", "g b|-"});
}

TEST_CASE("mesh manager: parts go out to none where this node takes no part") {
  partial_manager f;
  f.come(1, f.actor);
  CHECK_FALSE(f.publish("ab"));
  REQUIRE(f.takes_part());
  REQUIRE(f.takes_part("t", true, nullptr));
  CHECK_FALSE(f.publish("ab"));
  CHECK(f.sent_to(f.actor).empty());
}

TEST_CASE("mesh manager: a peer without the extension gets no parts, until it "
          "turns out to have it") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor, false);
  REQUIRE(f.publish("ab"));
  CHECK(f.sent_to(f.actor).empty());
  f.say(partial_usable{numbered_peer(9), true});
  f.say(partial_usable{peer.id, true});
  REQUIRE(f.publish("abc"));
  CHECK(f.sent_to(f.actor) == texts{"g -|abc"});
}

TEST_CASE("mesh manager: what peers send is delivered to who takes part, and "
          "credited at once") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor);
  f.actor.clear();
  f.receive(peer, "xy", "z");
  REQUIRE(f.actor.all<return_credit>().size() == 1);
  CHECK(f.actor.all<return_credit>()[0].messages == 1);
  CHECK(f.actor.all<return_credit>()[0].bytes == 100);
  REQUIRE(f.app.all<partial_delivered>().size() == 1);
  const auto& got = f.app.all<partial_delivered>()[0];
  CHECK(got.from == peer.id);
  CHECK(got.topic == "t");
  CHECK(to_string(got.group) == "g");
  CHECK(to_string(got.parts.value()) == "xy");
  CHECK(to_string(got.metadata.value()) == "z");
}

TEST_CASE("mesh manager: of parts only so many wait for a receiver, in all its "
          "topics together, and it is told how many it has missed") {
  partial_manager f;
  // One that reads nothing until it is let.
  caf::scoped_actor blocked{f.net.sys()};
  const auto receive_in = [&](const std::string& topic) {
    REQUIRE(f.answer_to<changed>(set_partial_topic{
        topic, {true, std::make_shared<letter_parts>()}, caf::actor{blocked}}));
  };
  receive_in("t");
  receive_in("u");
  const auto peer = f.come(1, f.actor);
  f.say(join_topic{"u"});
  f.say(control_received{peer, {{"u", true, true, true}}, {}, 1});
  SECTION("messages") {
    for (std::size_t i = 0; i < max_waiting_news; ++i)
      f.receive(peer, "xy", "z");
    f.receive(peer, "xy", "z");
    f.receive(peer, "xy", "z", "u");
    for (std::size_t i = 0; i < max_waiting_news; ++i)
      blocked->receive(
          [](const partial_delivered& got) { CHECK(got.missed == 0); });
  }
  SECTION("bytes") {
    const std::string large(max_waiting_part_bytes, 'x');
    f.receive(peer, large, "z");
    f.receive(peer, "xy", "z");
    f.receive(peer, "xy", "z", "u");
    blocked->receive([&](const partial_delivered& got) {
      CHECK(got.parts->size() == large.size());
    });
  }
  // The topic is taken anew: what waits and what was missed stays known.
  receive_in("u");
  f.receive(peer, "xy", "z", "u");
  blocked->receive([](const partial_delivered& got) {
    CHECK(got.topic == "u");
    CHECK(got.missed == 2);
  });
  f.receive(peer, "xy", "z");
  blocked->receive(
      [](const partial_delivered& got) { CHECK(got.missed == 0); });
}

TEST_CASE("mesh manager: another receiver takes the place of the first one") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor);
  recorder<partial_delivered> later{f.net.sys()};
  REQUIRE(f.answer_to<changed>(set_partial_topic{
      "t", {true, std::make_shared<letter_parts>()}, later.actor()}));
  f.receive(peer, "xy", "z");
  CHECK(f.app.all<partial_delivered>().empty());
  CHECK(later.all<partial_delivered>().size() == 1);
}

TEST_CASE("mesh manager: a partial message of a peer that is gone, or in a "
          "topic without part of ours, is credited and dropped") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor);
  f.actor.clear();
  SECTION("gone") {
    f.say(peer_left{peer.id, f.actor.actor().address()});
    f.receive(peer, "xy", "z");
  }
  SECTION("another topic") {
    f.receive(peer, "xy", "z", "other");
  }
  SECTION("no part any more") {
    REQUIRE(f.takes_part("t", true, nullptr));
    f.receive(peer, "xy", "z");
  }
  CHECK(f.actor.all<return_credit>().size() == 1);
  CHECK(f.app.all<partial_delivered>().empty());
}

TEST_CASE("mesh manager: metadata that the rules refuse is misbehaviour, "
          "nothing else is (P7)") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor);
  for (int i = 0; i < 4; ++i)
    f.receive(peer, "xy", "z", "other");
  CHECK(f.score_of(1).behaviour == 0);
  for (int i = 0; i < 4; ++i)
    f.receive(peer, {}, "CAPITALS");
  // Two beyond the threshold.
  CHECK(f.score_of(1).behaviour == Approx(-8));
  CHECK(f.app.all<partial_delivered>().empty());
}

TEST_CASE("mesh manager: rules that fail end nothing but their call") {
  partial_manager f;
  REQUIRE(f.takes_part("t", true, std::make_shared<broken_rules>()));
  const auto peer = f.come(1, f.actor);
  f.receive(peer, {}, "a");
  CHECK(f.publish("ab"));
  f.say(heartbeat_tick{});
  REQUIRE(f.takes_part());
  CHECK(f.publish("abc"));
  CHECK_FALSE(f.sent_to(f.actor).empty());
}

TEST_CASE("mesh manager: whoever gets parts gets no full message, and whoever "
          "supplies them is told no IDONTWANT") {
  partial_manager f;
  f.come(1, f.actor);
  fake_peer source{f.net.sys()};
  const auto from = f.member(2, source, "t");
  const bool part = GENERATE(true, false);
  if (part) {
    REQUIRE(f.takes_part());
  }
  f.actor.clear();
  const auto msg = f.message(std::string(2'000, 'x'), "t");
  SECTION("relayed") {
    f.say(announce_messages{{{msg, from.id, {}}}});
    f.say(route_messages{{{msg, from.id, {}}}});
  }
  SECTION("own") {
    const auto receipt = f.answer_to<publish_receipt>(route_own{msg});
    REQUIRE(receipt);
    CHECK(receipt->peers == (part ? 1 : 2));
  }
  CHECK(data_sent_to(f.actor).empty() == part);
  CHECK(unwanted_told_to(f.actor).empty() == part);
}

TEST_CASE("mesh manager: peers outside the mesh are told of groups instead of "
          "messages") {
  partial_manager f;
  REQUIRE(f.takes_part());
  std::vector<std::unique_ptr<fake_peer>> peers;
  for (std::uint32_t i = 1; i <= 8; ++i) {
    peers.push_back(std::make_unique<fake_peer>(f.net.sys()));
    f.come(i, *peers.back());
  }
  REQUIRE(f.publish("ab"));
  const auto told = [&] {
    return std::ranges::count_if(
        peers, [&](const auto& one) { return !f.sent_to(*one).empty(); });
  };
  const auto members = f.topic("t").mesh.size();
  REQUIRE(members < 8);
  CHECK(static_cast<std::size_t>(told()) == members);
  f.cache.clear();
  f.say(heartbeat_tick{});
  CHECK(told() == 8);
  for (const auto& wanted : f.cache.all<emit_gossip>())
    for (const auto& topic : wanted.topics)
      CHECK(topic.peers.empty());
}

TEST_CASE("mesh manager: groups are forgotten after their heartbeats") {
  partial_manager f;
  REQUIRE(f.takes_part());
  REQUIRE(f.publish("ab"));
  for (int i = 0; i < 100; ++i)
    f.say(heartbeat_tick{});
  const auto peer = f.come(1, f.actor);
  f.receive(peer, {}, "");
  CHECK(f.sent_to(f.actor).empty());
}

TEST_CASE("mesh manager: whoever comes into the place of a peer that left gets "
          "nothing that was for that one") {
  partial_manager f;
  REQUIRE(f.takes_part());
  const auto peer = f.come(1, f.actor);
  f.receive(peer, {}, "a");
  f.say(peer_left{peer.id, f.actor.actor().address()});
  fake_peer other{f.net.sys()};
  f.join(2, other);
  REQUIRE(f.publish("ab"));
  CHECK(f.sent_to(other).empty());
  CHECK(f.sent_to(f.actor).empty());
}
