#include "tests/support/pair_of_nodes.hpp"

#include <any>
#include <future>
#include <stdexcept>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

// What an application's validators decide, and what comes of it.

namespace {

using judge_behavior = judge_actor::behavior_type;

judge_behavior accept_good(judge_actor::pointer, int) {
  return {[](const judge_message& msg) {
    const bool good = to_string(msg.msg->data()) == "good";
    return judgement{good ? gossip::verdict_kind::accept
                          : gossip::verdict_kind::ignore};
  }};
}

judge_behavior never_answers(judge_actor::pointer self,
                             const std::shared_ptr<std::promise<void>>& asked) {
  return {[self, asked](const judge_message&) {
    asked->set_value();
    return self->make_response_promise<judgement>();
  }};
}

} // namespace

TEST_CASE("a topic's validators decide what is delivered") {
  pair_of_nodes p;
  SECTION("a function") {
    p.validate({.functions = {[](const auto& msg, const auto&) {
                  return to_string(msg.data()) == "good"
                             ? gossip::verdict_kind::accept
                             : gossip::verdict_kind::ignore;
                }}});
  }
  SECTION("a function that throws ignores") {
    p.validate({.functions = {[](const auto& msg, const auto&) {
                  if (to_string(msg.data()) != "good")
                    throw std::runtime_error{"cannot judge"};
                  return gossip::verdict_kind::accept;
                }}});
  }
  SECTION("an actor") {
    p.validate({.actors = {p.net.system().spawn(accept_good, 0)}});
  }
  p.net.publish(p.a, "t", "bad");
  p.net.publish(p.a, "t", "good");
  CHECK(text_of(p.net.next_message()) == "good");
  CHECK(score_of(p.net, p.b, p.a.id) >= 0);
}

TEST_CASE("a message that a validator rejects costs its sender") {
  pair_of_nodes p;
  p.validate({.functions = {[](const auto& msg, const auto&) {
                return to_string(msg.data()) == "good"
                           ? gossip::verdict_kind::accept
                           : gossip::verdict_kind::reject;
              }}});
  p.net.publish(p.a, "t", "bad");
  p.net.publish(p.a, "t", "good");
  CHECK(text_of(p.net.next_message()) == "good");
  // The verdicts come from two threads, in any order.
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  double score = 0;
  while (score >= 0 && std::chrono::steady_clock::now() < deadline)
    score = score_of(p.net, p.b, p.a.id);
  CHECK(score < 0);
}

TEST_CASE("what a validator attaches comes with the message, another node's or "
          "one's own, and what it refuses its publisher hears") {
  pair_of_nodes p;
  p.net.get<changed>(
      p.b.actor,
      set_validation{std::string{all_topics},
                     topic_validation{
                         .functions = {[](const auto& msg, const auto&) {
                           return judgement{gossip::verdict_kind::accept,
                                            to_string(msg.data()) + " for all"};
                         }}}});
  p.validate({.functions = {[](const auto& msg, const auto& source) {
                if (to_string(msg.data()) == "bad")
                  return judgement{gossip::verdict_kind::reject};
                return source.empty() ? judgement{gossip::verdict_kind::accept,
                                                  std::string{"own"}}
                                      : judgement{};
              }}});
  p.net.publish(p.a, "t", "theirs");
  CHECK(std::any_cast<std::string>(p.net.next_message().value)
        == "theirs for all");
  p.net.publish(p.b, "t", "ours");
  CHECK(std::any_cast<std::string>(p.net.next_message().value) == "own");
  CHECK(p.net.get_error<publish_receipt>(
            p.b.actor, publish_message{"t", to_bytes(as_bytes("bad"))})
        == "a validator rejected it");
  CHECK(p.net.get_error<batch_receipt>(
            p.b.actor,
            publish_batch{
                "t", {to_bytes(as_bytes("good")), to_bytes(as_bytes("bad"))}})
        == "message 2 of 2: a validator rejected it");
  p.net.publish(p.a, "t", "last");
  CHECK(text_of(p.net.next_message()) == "last");
}

TEST_CASE("a validator that is late ignores the message, others go on") {
  pair_of_nodes p;
  const auto asked = std::make_shared<std::promise<void>>();
  const auto silent = p.net.keep(p.net.system().spawn(never_answers, asked));
  p.validate({.actors = {silent}, .timeout = 20ms});
  p.net.publish(p.a, "t", "nobody judges it");
  REQUIRE(asked->get_future().wait_for(node_network::patience)
          == std::future_status::ready);
  // In the same topic, once nobody is asked any more.
  p.net.get<changed>(p.b.actor, set_validation{"t", std::nullopt});
  p.net.publish(p.a, "t", "good");
  CHECK(text_of(p.net.next_message()) == "good");
}
