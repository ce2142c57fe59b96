#include "gossip/stream/subscription_pace.hpp"
#include "tests/attack/attack_cost.hpp"
#include "tests/attack/wire_attack.hpp"
#include "tests/support/hash_collisions.hpp"

#include <algorithm>

// Tables whose keys others choose: keys that collide under the standard
// library's hash cost what any others do. Subscriptions that change without
// end cost what a peer's pace allows.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

// An attack may cost so many times what harmless input of its size does.
constexpr double most = 3;

// Ids are the data: some networks name messages so, and a test can choose them.
node_config config_of_chosen_ids() {
  auto config = wire_attack::config(60s);
  config.message_ids = gossip::message_ids{[](const proto::message_view& msg) {
    return to_string(msg.data.value_or(bytes_view{}));
  }};
  return config;
}

std::vector<proto::subscription> subscriptions_to(const texts& topics,
                                                  bool on = true) {
  std::vector<proto::subscription> result;
  for (const auto& topic : topics)
    result.push_back({.topic = topic, .subscribe = on});
  return result;
}

// As many of them at once as `per_call` says.
void in_parts(const texts& all, std::size_t per_call,
              const std::function<void(texts)>& call) {
  for (std::size_t i = 0; i < all.size(); i += per_call) {
    const auto end = std::min(all.size(), i + per_call);
    call(texts(all.begin() + static_cast<std::ptrdiff_t>(i),
               all.begin() + static_cast<std::ptrdiff_t>(end)));
  }
}

void subscribe_and_graft(const texts& topics) {
  constexpr std::size_t of_one_peer = 4'000;
  wire_attack f;
  std::uint8_t number = 20;
  attacker* last = nullptr;
  in_parts(topics, of_one_peer, [&](const texts& some) {
    auto& peer = f.connect(number++);
    peer.wire.say(peer.out, subscriptions_to(some));
    f.settle(peer);
    last = &peer;
  });
  last->say(only(&proto::control::grafts,
                 texts(topics.begin(), topics.begin() + 9'000)));
  f.settle(*last);
  f.publish("still working");
  f.stop();
}

void send_messages_named(const texts& ids) {
  wire_attack f{config_of_chosen_ids()};
  auto& sender = f.join(9);
  for (const auto& id : ids)
    sender.send(plain_message(id));
  for (std::size_t i = 0; i < ids.size(); ++i)
    f.next_text();
  f.settle(sender);
  f.stop();
}

void tell_unwanted(const texts& ids) {
  wire_attack f{config_of_chosen_ids()};
  auto& peer = f.join(9);
  in_parts(ids, 10, [&](texts some) { peer.idontwant(std::move(some)); });
  f.settle(peer);
  f.stop();
}

void offer_by_ihave(const texts& ids) {
  wire_attack f{config_of_chosen_ids()};
  // As many as are accepted of one peer in a heartbeat.
  std::uint8_t number = 20;
  in_parts(ids, 5'000, [&](texts some) {
    auto& peer = f.connect(number++);
    peer.ihave(std::move(some));
    f.settle(peer);
  });
  f.stop();
}

} // namespace

TEST_CASE("attack: topics that collide cost what others do") {
  const std::size_t count = 64'000;
  const auto cost = compare_cost(
      "colliding topics, then 9,000 GRAFTs",
      [&] { subscribe_and_graft(colliding_texts(count)); },
      [&] { subscribe_and_graft(harmless_texts(count)); });
  CHECK(cost.factor() < most);
}

TEST_CASE("attack: messages whose ids collide cost what others do") {
  const std::size_t count = 20'000;
  const auto cost = compare_cost(
      "messages of colliding ids",
      [&] { send_messages_named(colliding_texts(count)); },
      [&] { send_messages_named(harmless_texts(count)); });
  CHECK(cost.factor() < most);
}

TEST_CASE("attack: IDONTWANT of ids that collide costs what others do") {
  const std::size_t count = 10'000;
  const auto cost = compare_cost(
      "IDONTWANT of colliding ids",
      [&] { tell_unwanted(colliding_texts(count)); },
      [&] { tell_unwanted(harmless_texts(count)); });
  CHECK(cost.factor() < most);
}

TEST_CASE("attack: IHAVE of ids that collide costs what others do") {
  const std::size_t count = 120'000;
  const auto cost = compare_cost(
      "IHAVE of colliding ids", [&] { offer_by_ihave(colliding_texts(count)); },
      [&] { offer_by_ihave(harmless_texts(count)); });
  // Few are accepted, so that even the standard library's hash makes it no more
  // than three times.
  CHECK(cost.factor() < 2);
}

TEST_CASE("attack: subscriptions that change without end are accepted at a "
          "bounded pace, and keep nobody else waiting") {
  const auto topics = harmless_texts(2'000);
  wire_attack f{wire_attack::config(100ms)};
  auto& churner = f.join(9);
  auto& honest = f.join(10);
  std::size_t changes = 0;
  for (int round = 0; round < 10; ++round)
    for (const bool on : {true, false}) {
      churner.wire.say(churner.out, subscriptions_to(topics, on));
      changes += topics.size();
    }
  churner.subscribe("the last");
  REQUIRE(changes > 4 * gossip::subscription_pace::burst);
  honest.send(plain_message("meanwhile"));
  CHECK(f.next_text() == "meanwhile");
  // Nothing of it is lost.
  f.until([&] { return churner.wire.flushed(churner.out); });
  f.net.await(f.node, "the last", 1);
  // Of what an observer does not read in time it is told the number.
  auto seen = f.net.drain_events();
  churner.subscribe("the end");
  f.until([&] { return churner.wire.flushed(churner.out); });
  for (bool last = false; !last;) {
    const auto event = f.net.next_event();
    last = event.topic == "the end";
    seen += 1 + event.missed;
  }
  CHECK(seen > changes);
  f.stop();
}
