// What an application can rely on: what holds from the start, that every
// request is answered, and what an answer says.
#include "tests/support/busy_node.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/topics_fixture.hpp"

#include <limits>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using kind = node_event::kind;

constexpr auto endless = std::chrono::milliseconds::max();
constexpr auto before_all = std::chrono::milliseconds::min();

struct told_event {
  kind what;
  std::uint32_t peer;
  std::string topic;

  friend bool operator==(const told_event&, const told_event&) = default;
};

std::vector<told_event> told(const recorder<node_event>& observer) {
  std::vector<told_event> result;
  for (const auto& one : observer.all<node_event>())
    result.push_back(
        {one.what, one.peer == numbered_peer(1) ? 1U : 2U, one.topic});
  return result;
}

topic_state_snapshot topic_with(const std::string& name,
                                std::vector<libp2p::peer_id> peers,
                                std::vector<libp2p::peer_id> mesh) {
  topic_state_snapshot one;
  one.topic = name;
  one.peers = std::move(peers);
  one.mesh = std::move(mesh);
  return one;
}

} // namespace

// -- before the start ---------------------------------------------------------

TEST_CASE("node contract: what is asked for before the start holds from it") {
  topics_fixture f{[](node_config&) {}, false};
  const auto one = f.subscriber();
  const recorder<node_event> observer{f.system.sys()};
  topic_validation how;
  how.max_messages = 7;
  const auto direct = f.address(4003).with_peer(numbered_peer(3));
  CHECK(f.ask_node<changed>(subscribe_topic{"t", one})->value);
  CHECK(f.ask_node<changed>(relay_topic{"u"})->value);
  CHECK(f.ask_node<changed>(set_validation{"t", how})->value);
  CHECK(f.ask_node<changed>(watch_node{observer.actor()})->value);
  CHECK(f.ask_node<changed>(keep_connected{f.address(4002)})->value);
  CHECK(f.ask_node<changed>(set_direct_peer{direct})->value);
  CHECK(f.ask_node<changed>(block_peer{numbered_peer(9)})->value);
  CHECK(f.ask_node<changed>(set_application_score{numbered_peer(1), 5})->value);
  CHECK(f.dials.empty());
  REQUIRE(f.start()->value);
  CHECK(f.mesh.all<join_topic>().size() == 2);
  REQUIRE(f.cache.all<set_subscribers>().size() == 2);
  CHECK(f.cache.all<set_subscribers>()[0].subscribers.at(0).actor == one);
  CHECK(f.cache.only<bound_validation>().messages == 7U);
  CHECK(f.ctx->config.validation.at("t").max_messages == 7);
  CHECK(f.mesh.only<observe_events>().wanted);
  CHECK(f.dials.size() == 2);
  CHECK(f.mesh.only<set_direct>().peer == numbered_peer(3));
  CHECK(f.cache.only<block_peer>().peer == numbered_peer(9));
  CHECK(f.mesh.only<set_application_score>().score == 5);
  CHECK(f.arrive(9)->session().closed());
  f.arrive(1);
  CHECK(told(observer) == std::vector<told_event>{{kind::connected, 1, ""}});
}

TEST_CASE("node contract: who is allowed before the start is from it") {
  topics_fixture f{
      [](node_config& config) { config.allowed_peers = {numbered_peer(1)}; },
      false};
  CHECK(f.ask_node<changed>(allow_peer{numbered_peer(2)})->value);
  CHECK(f.ask_node<changed>(allow_peer{numbered_peer(1), false})->value);
  REQUIRE(f.start()->value);
  f.arrive(2);
  CHECK(f.connected(2));
  CHECK(f.arrive(1)->session().closed());
}

TEST_CASE("node contract: what was taken back before the start does not hold") {
  topics_fixture f{[](node_config&) {}, false};
  const auto one = f.subscriber();
  const recorder<node_event> observer{f.system.sys()};
  f.say(subscribe_topic{"t", one});
  f.say(unsubscribe_topic{"t", one});
  f.say(watch_node{observer.actor()});
  f.say(unwatch_node{observer.actor()});
  f.say(block_peer{numbered_peer(1)});
  f.say(block_peer{numbered_peer(1), false});
  REQUIRE(f.start()->value);
  f.arrive(1);
  CHECK(f.connected(1));
  CHECK(observer.all<node_event>().empty());
  CHECK(f.mesh.all<join_topic>().size() == f.mesh.all<leave_topic>().size());
}

TEST_CASE("node contract: a subscriber that ends before the start gets the "
          "topic no more") {
  topics_fixture f{[](node_config&) {}, false};
  const auto one = f.subscriber();
  f.say(subscribe_topic{"t", one});
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  f.run();
  REQUIRE(f.start()->value);
  f.run();
  CHECK_FALSE(f.told().joined);
}

// -- every request is answered ------------------------------------------------

TEST_CASE("node contract: an empty handle or function is an error, before the "
          "start and after it") {
  const bool started = GENERATE(true, false);
  topics_fixture f{[](node_config&) {}, started};
  const auto refused = [&](const auto& question) {
    const auto got = f.ask_node<changed>(question);
    CHECK(got->code == node_errc::bad_parameters);
    CHECK_THAT(got->error, Catch::Contains("empty"));
  };
  refused(subscribe_topic{"t", {}});
  refused(watch_node{{}});
  topic_validation function;
  function.functions.emplace_back();
  refused(set_validation{"t", function});
  topic_validation actor;
  actor.actors.emplace_back();
  refused(set_validation{"t", actor});
  // Those who were never there go silently.
  CHECK(f.ask_node<changed>(unsubscribe_topic{"t", {}})->value);
  CHECK(f.ask_node<changed>(unwatch_node{{}})->value);
}

TEST_CASE(
    "node contract: an empty handle or function among what a node is made "
    "with is an error of its start") {
  const auto which = GENERATE(0, 1, 2);
  topics_fixture f{[which](node_config& config) {
                     if (which == 0)
                       config.validation["t"].functions.emplace_back();
                     else if (which == 1)
                       config.validation["t"].actors.emplace_back();
                     else
                       config.trace_receivers.emplace_back();
                   },
                   false};
  const auto up = f.start();
  CHECK(up->code == node_errc::bad_parameters);
  CHECK_THAT(up->error, Catch::Contains("empty"));
}

TEST_CASE("node contract: what cannot be done is an error that tells why") {
  topics_fixture f;
  const auto code = [&](const auto& question) {
    const auto got = f.ask_node<changed>(question);
    CHECK_FALSE(got->error.empty());
    return got->code;
  };
  const std::string too_long(2'000, 'x');
  CHECK(code(subscribe_topic{"", f.subscriber()}) == node_errc::unknown_topic);
  CHECK(code(subscribe_topic{too_long, f.subscriber()})
        == node_errc::unknown_topic);
  CHECK(code(keep_connected{{}}) == node_errc::bad_address);
  constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
  constexpr auto infinite = std::numeric_limits<double>::infinity();
  for (const auto score : {nan, infinite, -infinite})
    CHECK(code(set_application_score{numbered_peer(1), score})
          == node_errc::bad_parameters);
}

TEST_CASE("node contract: waits may be of any length") {
  busy_node f;
  f.mesh.hold<await_peers>();
  const auto wait =
      GENERATE(as<std::chrono::milliseconds>{}, endless, before_all, -1ms, 0ms);
  const auto bounded =
      std::clamp<std::chrono::milliseconds>(wait, 0ms, longest_wait);
  const auto ready = f.ask_node<peers_ready>(await_peers{"t", 1, wait});
  CHECK(f.mesh.all<await_peers>().at(0).timeout == bounded);
  CHECK(ready->pending());
  const auto sent =
      f.ask_node<publish_receipt>(publish_message{"t", {}, 1, wait});
  CHECK(f.mesh.all<await_peers>().at(1).timeout == bounded);
  CHECK(sent->pending());
  topic_validation how;
  how.timeout = wait;
  CHECK(f.ask_node<changed>(set_validation{"t", how})->value);
  CHECK(f.validators[0].only<use_validation>().table->at("t").timeout
        == bounded);
  f.stop(wait);
  f.run();
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->value);
}

TEST_CASE("node contract: what is still asked for when the node stops is "
          "answered, at once") {
  busy_node f;
  f.mesh.hold<await_peers>();
  f.mesh.hold<inspect_mesh>();
  f.mesh.hold<inspect_scores>();
  f.mesh.hold<set_topic_score>();
  const auto ready = f.ask_node<peers_ready>(await_peers{"t", 1, 1h});
  const auto sent =
      f.ask_node<publish_receipt>(publish_message{"t", {}, 1, 1h});
  const auto shown = f.ask_node<node_snapshot>(inspect_node{});
  const auto peers = f.ask_node<peers_snapshot>(inspect_peers{});
  const auto scores = f.ask_node<scores_snapshot>(inspect_scores{});
  const auto metrics = f.ask_node<metrics_snapshot>(inspect_metrics{});
  const auto score = f.ask_node<changed>(set_topic_score{"t", {}});
  f.validators[0].hold<use_validation>();
  const auto valid = f.ask_node<changed>(set_validation{"t", {}});
  CHECK(valid->pending());
  f.cache.hold<inspect_cache>();
  f.stop();
  CHECK(ready->code == node_errc::not_running);
  CHECK(sent->code == node_errc::not_running);
  CHECK(shown->code == node_errc::not_running);
  CHECK(scores->code == node_errc::not_running);
  CHECK(metrics->code == node_errc::not_running);
  CHECK(score->code == node_errc::not_running);
  CHECK(valid->code == node_errc::not_running);
  CHECK(f.dial->code == node_errc::not_running);
  CHECK_FALSE(peers->pending());
  // Whoever was told that nothing was published can rely on it.
  f.mesh.release(peers_ready{5});
  f.run();
  CHECK(f.cache.all<publish_own>().empty());
}

// -- answers mean what they say -----------------------------------------------

TEST_CASE("node contract: a topic's validation has changed once the last "
          "validator knows") {
  topics_fixture f{[](node_config& config) { config.validators = 2; }};
  f.validators[1].hold<use_validation>();
  const auto got = f.ask_node<changed>(set_validation{"t", std::nullopt});
  CHECK(f.validators[0].all<use_validation>().size() == 1);
  CHECK(got->pending());
  f.validators[1].release(changed{});
  f.run();
  CHECK(got->value);
}

TEST_CASE("node contract: what is asked for of a node that dies is answered") {
  topics_fixture f{[](node_config& config) { config.validators = 2; }};
  f.validators[1].hold<use_validation>();
  const auto got = f.ask_node<changed>(set_validation{"t", std::nullopt});
  const auto dial = f.ask_node<peer_connected>(connect_peer{f.address(4001)});
  // The node ends with it.
  f.validators[1].die();
  f.run();
  CHECK(got->code == node_errc::not_running);
  CHECK(dial->code == node_errc::not_running);
}

TEST_CASE("node contract: it has stopped once nobody calls the application or "
          "sends to it") {
  busy_node f;
  const auto late = GENERATE(0, 1, 2);
  const auto hold = [&](auto what) {
    if (late == 0)
      what(f.validators[1]);
    else if (late == 1)
      what(f.cache);
    else
      what(f.mesh);
  };
  hold([](auto& one) { one.hold_end(); });
  f.stop(4s);
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->pending());
  hold([](auto& one) { one.let_go(); });
  f.run();
  CHECK(f.stopped->value);
}

TEST_CASE("node contract: that the application's code has not come back by the "
          "deadline is the answer") {
  busy_node f;
  const bool peers_end = GENERATE(true, false);
  const auto ended = f.watch_end();
  f.validators[1].hold_end();
  f.stop(4s);
  f.end_listener();
  if (peers_end) {
    f.end_peer(1);
    f.end_peer(2);
  }
  f.advance(4'999ms);
  CHECK(f.stopped->pending());
  f.advance(1ms);
  if (!peers_end)
    f.advance(1s);
  CHECK(f.stopped->code == node_errc::still_busy);
  CHECK(*ended);
  CHECK_THAT(f.log(), Catch::Contains("still in the application's code"));
  f.validators[1].let_go();
  f.run();
}

// -- watches ------------------------------------------------------------------

TEST_CASE("node contract: a watch begins with what is there") {
  busy_node f;
  f.mesh.hold<inspect_mesh>();
  const recorder<node_event> observer{f.system.sys()};
  f.say(watch_node{observer.actor()});
  // Part of what is still to come.
  f.say(node_events{{{kind::grafted, numbered_peer(2), "t"}}});
  CHECK(observer.all<node_event>().size() == 2);
  const auto one = numbered_peer(1);
  const auto two = numbered_peer(2);
  f.mesh.release(
      mesh_snapshot{{topic_with("t", {one, two, numbered_peer(3)}, {two})}, 2});
  f.run();
  auto all = told(observer);
  REQUIRE(all.size() == 5);
  CHECK(all[0].what == kind::connected);
  CHECK(all[1].what == kind::connected);
  CHECK(all[0].peer != all[1].peer);
  // Of a peer that is not connected nothing is told.
  CHECK(all[2] == told_event{kind::subscribed, 1, "t"});
  CHECK(all[3] == told_event{kind::subscribed, 2, "t"});
  CHECK(all[4] == told_event{kind::grafted, 2, "t"});
  f.say(node_events{{{kind::pruned, two, "t"}}});
  CHECK(told(observer).size() == 6);
}

TEST_CASE("node contract: a watch may be for news only") {
  busy_node f;
  const recorder<node_event> observer{f.system.sys()};
  f.say(watch_node{observer.actor(), true});
  CHECK(observer.all<node_event>().empty());
  f.say(node_events{{{kind::grafted, numbered_peer(2), "t"}}});
  CHECK(observer.all<node_event>().size() == 1);
}

TEST_CASE("node contract: a watch is not doubled, and can be ended") {
  busy_node f;
  const recorder<node_event> observer{f.system.sys()};
  f.say(watch_node{observer.actor(), true});
  f.say(watch_node{observer.actor(), true});
  f.end_peer(1);
  CHECK(observer.all<node_event>().size() == 1);
  CHECK(f.ask_node<changed>(unwatch_node{observer.actor()})->value);
  CHECK_FALSE(f.mesh.all<observe_events>().back().wanted);
  f.end_peer(2);
  CHECK(observer.all<node_event>().size() == 1);
  // And begun again.
  f.say(watch_node{observer.actor(), true});
  f.arrive(1);
  CHECK(observer.all<node_event>().size() == 2);
}

TEST_CASE("node contract: who subscribes, watches and does so no more is "
          "monitored no more") {
  topics_fixture f;
  const auto one = f.subscriber();
  f.subscribe("t", one);
  f.subscribe("u", one);
  f.say(watch_node{one});
  f.say(unsubscribe_topic{"t", one});
  f.say(unwatch_node{one});
  f.cache.clear();
  // Still subscribed to a topic: its end is noticed.
  f.say(unsubscribe_topic{"u", one});
  f.cache.clear();
  const auto two = f.subscriber();
  f.subscribe("t", two);
  f.say(watch_node{two});
  f.say(unsubscribe_topic{"t", two});
  f.cache.clear();
  f.mesh.clear();
  caf::anon_send_exit(two, caf::exit_reason::user_shutdown);
  f.run();
  CHECK_FALSE(f.mesh.only<observe_events>().wanted);
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  f.run();
  CHECK(f.cache.all<set_subscribers>().empty());
}
