// What must be true of a topic's messages before anybody gets them, and what is
// found out on the way: a function judges what is quick to see, an actor what
// takes state, and both hand the subscriber what they have parsed, so that
// nobody does so twice.
//
//     validator
//
// Bids at an auction, "NAME AMOUNT": the function rejects what is none, the
// actor ignores what does not raise the last one.
#include <any>
#include <cstdlib>
#include <grapevine/actors/node_handle.hpp>
#include <grapevine/messages/init.hpp>
#include <grapevine/messages/topic.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

using namespace grapevine;

namespace {

using gossip::verdict_kind;

struct bid {
  std::string name;
  int amount = 0;
};

std::optional<bid> parse(bytes_view data) {
  std::istringstream in{to_string(data)};
  bid result;
  if (in >> result.name >> result.amount && result.amount > 0)
    return result;
  return std::nullopt;
}

// Called on several threads at once, so it keeps nothing. A peer that sends
// what is rejected loses score.
judgement is_a_bid(const gossip::message& msg, const libp2p::peer_id&) {
  if (auto parsed = parse(msg.data()))
    return {verdict_kind::accept, *std::move(parsed)};
  return verdict_kind::reject;
}

// One message after the other, so it may keep the highest bid so far. Who sends
// what is ignored has done nothing wrong.
judge_actor::behavior_type raises(judge_actor::pointer,
                                  const std::shared_ptr<int>& highest) {
  return {[highest](const judge_message& judged) -> judgement {
    const auto parsed = parse(judged.msg->data());
    if (!parsed || parsed->amount <= *highest)
      return verdict_kind::ignore;
    *highest = parsed->amount;
    return {verdict_kind::accept, *parsed};
  }};
}

[[noreturn]] void fail(const caf::error& why) {
  std::cerr << reason_of(why) << '\n';
  std::exit(1);
}

// Publishes and says what became of it. What this node publishes itself passes
// the validators, too.
void offer(const caf::scoped_actor& self, const topic& auction,
           std::string_view text) {
  std::cout << text << ": ";
  auction.publish(self, to_bytes(as_bytes(text)))
      .receive(
          [](const publish_receipt&) { std::cout << "taken\n"; },
          [](const caf::error& why) { std::cout << reason_of(why) << '\n'; });
}

} // namespace

int main() {
  init_global_meta_objects();
  caf::actor_system_config config;
  tune_scheduler(config);
  caf::actor_system system{config};
  node_handle node{system, node_config{libp2p::private_key::generate()}};
  if (const auto up = node.start(); !up)
    fail(up.error());
  const topic auction{node.actor(), "auction"};
  caf::scoped_actor self{system};

  topic_validation how;
  how.functions = {is_a_bid};
  how.actors = {system.spawn(raises, std::make_shared<int>(0))};
  how.timeout = std::chrono::seconds{2};
  how.max_size = 100;
  auction.validate(self, how).receive([](changed) {}, fail);
  auction.subscribe(self).receive([](changed) {}, fail);

  for (const auto* text : {"anna 10", "bert 5", "nonsense", "carl 20"})
    offer(self, auction, text);

  int sum = 0;
  for (int i = 0; i < 2; ++i)
    self->receive([&](const message_delivered& got) {
      const auto value = std::any_cast<bid>(got.value);
      std::cout << value.name << " bids " << value.amount << '\n';
      sum += value.amount;
    });
  return sum == 30 ? 0 : 1;
}
