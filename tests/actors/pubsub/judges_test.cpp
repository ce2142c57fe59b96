// What the application's judges are asked, in which order, and what becomes of
// what they say.
#include "actors/pubsub/judges.hpp"
#include "tests/support/validator_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace grapevine;
using namespace grapevine::test;
using gossip::verdict_kind;

namespace {

using texts = std::vector<std::string>;

// Accepts, and attaches a text to the message.
judge_function attach(std::string text) {
  return [text = std::move(text)](const auto&, const auto&) {
    return judgement{verdict_kind::accept, text};
  };
}

judge_actor::behavior_type attaching(judge_actor::pointer,
                                     const std::string& text) {
  return {[text](const judge_message&) {
    return judgement{verdict_kind::accept, text};
  }};
}

// Says its name when it is asked.
judge_function called(texts& order, const std::string& name,
                      verdict_kind kind = verdict_kind::accept) {
  return [&order, name, kind](const auto&, const auto&) {
    order.push_back(name);
    return kind;
  };
}

judge_actor::behavior_type asked(judge_actor::pointer, texts* order,
                                 const std::string& name) {
  return {[order, name](const judge_message&) {
    order->push_back(name);
    return judgement{};
  }};
}

std::string text_of(const std::any& value) {
  const auto* text = std::any_cast<std::string>(&value);
  return text != nullptr ? *text : "nothing";
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t result = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1))
    ++result;
  return result;
}

} // namespace

// -- values -------------------------------------------------------------------

TEST_CASE("judges: of the values that are attached the last one counts") {
  validator_fixture f;
  const auto one = f.net.sys().spawn(attaching, "first actor");
  const auto two = f.net.sys().spawn(attaching, "second actor");
  const auto none = f.net.sys().spawn(judge, verdict_kind::accept);
  const auto value = [&](topic_validation how) {
    f.use(std::move(how));
    f.validate();
    return text_of(f.results().back().value);
  };
  CHECK(value({}) == "nothing");
  CHECK(value({.functions = {always(verdict_kind::accept)}}) == "nothing");
  CHECK(value({.functions = {attach("a"), attach("b"),
                             always(verdict_kind::accept)}})
        == "b");
  CHECK(value({.functions = {attach("a")}, .actors = {one, two, none}})
        == "second actor");
  CHECK(value({.functions = {attach("a")}, .actors = {none}}) == "a");
}

TEST_CASE("judges: what is not accepted has no value") {
  validator_fixture f;
  const auto no =
      GENERATE(as<verdict_kind>{}, verdict_kind::reject, verdict_kind::ignore);
  SECTION("functions") {
    f.use({.functions = {attach("a"), always(no)}});
  }
  SECTION("actors") {
    f.use({.functions = {attach("a")},
           .actors = {f.net.sys().spawn(judge, no),
                      f.net.sys().spawn(attaching, "b")}});
  }
  f.validate();
  REQUIRE(f.results().size() == 1);
  CHECK(f.results()[0].kind == no);
  CHECK_FALSE(f.results()[0].value.has_value());
}

// -- all topics ---------------------------------------------------------------

TEST_CASE("judges: those of all topics are asked before the topic's own, and "
          "for every topic") {
  validator_fixture f;
  texts order;
  const auto all = f.net.sys().spawn(asked, &order, "all's actor");
  const auto own = f.net.sys().spawn(asked, &order, "own actor");
  f.use_all({{"", {.functions = {called(order, "all's")}, .actors = {all}}},
             {"t", {.functions = {called(order, "own")}, .actors = {own}}}});
  f.validate();
  CHECK(order == texts{"all's", "all's actor", "own", "own actor"});
  order.clear();
  f.validate("u");
  CHECK(order == texts{"all's", "all's actor"});
  CHECK(f.verdicts() == std::vector(2, verdict_kind::accept));
  order.clear();
  f.use_all({});
  f.validate();
  f.validate("u");
  CHECK(order.empty());
}

TEST_CASE("judges: what those of all topics do not accept the topic's own are "
          "not asked about") {
  validator_fixture f;
  texts order;
  const bool by_actor = GENERATE(true, false);
  topic_validation all;
  if (by_actor)
    all.actors.push_back(f.net.sys().spawn(judge, verdict_kind::reject));
  else
    all.functions.push_back(always(verdict_kind::reject));
  f.use_all({{"", all}, {"t", {.functions = {called(order, "own")}}}});
  f.validate();
  CHECK(f.verdicts() == std::vector{verdict_kind::reject});
  CHECK(order.empty());
}

TEST_CASE("judges: a value of all topics' judges stays, unless the topic's own "
          "attach another one") {
  validator_fixture f;
  f.use_all({{"", {.actors = {f.net.sys().spawn(attaching, "all")}}},
             {"t", {.functions = {attach("own")}}},
             {"u", {.functions = {always(verdict_kind::accept)}}}});
  f.validate("t");
  f.validate("u");
  f.validate("v");
  REQUIRE(f.results().size() == 3);
  CHECK(text_of(f.results()[0].value) == "own");
  CHECK(text_of(f.results()[1].value) == "all");
  CHECK(text_of(f.results()[2].value) == "all");
}

TEST_CASE("judges: whoever was removed meanwhile is not asked when its turn "
          "comes") {
  validator_fixture f;
  texts order;
  const auto slow = f.net.sys().spawn(silent_judge, 0);
  const topic_validation all{.actors = {slow}, .timeout = 2s};
  f.use_all({{"", all}, {"t", {.functions = {called(order, "own")}}}});
  f.validate();
  f.use_all({{"", all}});
  f.net.advance(2s);
  CHECK(f.verdicts() == std::vector{verdict_kind::ignore});
  CHECK(order.empty());
  f.end(slow);
}

// -- size ---------------------------------------------------------------------

TEST_CASE("judges: what is too large is rejected before anybody is asked") {
  validator_fixture f;
  texts order;
  f.use_all({{"", {.functions = {called(order, "all's")}, .max_size = 4}},
             {"t", {.functions = {called(order, "own")}, .max_size = 6}},
             {"u", {.functions = {called(order, "own")}}}});
  const auto verdict = [&](const std::string& topic, std::string_view data) {
    f.validate(topic, data);
    return f.verdicts().back();
  };
  // The topic's own size counts more.
  CHECK(verdict("t", "123456") == verdict_kind::accept);
  CHECK(verdict("u", "1234") == verdict_kind::accept);
  CHECK(verdict("v", "1234") == verdict_kind::accept);
  CHECK(order == texts{"all's", "own", "all's", "own", "all's"});
  order.clear();
  CHECK(verdict("t", "1234567") == verdict_kind::reject);
  CHECK(f.results().back().reason == gossip::reject_reason::validator);
  CHECK(verdict("u", "12345") == verdict_kind::reject);
  CHECK(verdict("v", "12345") == verdict_kind::reject);
  CHECK(order.empty());
}

// -- those who are busy, late or ended ----------------------------------------

TEST_CASE("judges: an actor with too many questions unanswered is not asked, "
          "until it has answered") {
  validator_fixture f;
  // One that reads nothing.
  caf::scoped_actor blocked{f.net.sys()};
  const auto handle =
      caf::actor_cast<judge_actor>(caf::actor_cast<caf::actor>(blocked));
  f.use({.actors = {handle}, .timeout = 1h, .max_messages = 3});
  for (int i = 0; i < 6; ++i)
    f.validate();
  CHECK(f.verdicts().empty());
  f.validate();
  f.validate();
  CHECK(f.verdicts() == std::vector(2, verdict_kind::ignore));
  CHECK(count(f.log(), "6 messages wait for it topic=\"t\"") == 1);
  f.net.advance(61s);
  CHECK(count(f.log(), "1 more message ignored, as too many waited for a "
                       "validator topic=\"t\"")
        == 1);
  for (int i = 0; i < 6; ++i)
    blocked->receive([](const judge_message&) { return judgement{}; });
  f.net.run();
  CHECK(f.verdicts().size() == 8);
  f.validate();
  CHECK(f.verdicts().size() == 8);
  blocked->receive([](const judge_message&) { return judgement{}; });
  f.net.run();
  CHECK(f.verdicts().back() == verdict_kind::accept);
}

TEST_CASE("judges: validators share the count of what waits for an actor") {
  validator_fixture f;
  const auto slow = f.net.sys().spawn(silent_judge, 0);
  const auto load = std::make_shared<load_gauge>();
  f.use_all({{"t", {.actors = {slow}, .timeout = 1s, .max_messages = 1}}},
            {{slow.address(), load}});
  load->add(1, 0);
  f.validate();
  CHECK(load->messages() == 2);
  f.validate();
  CHECK(f.verdicts() == std::vector{verdict_kind::ignore});
  // What was not answered in time still waits there.
  f.net.advance(1s);
  CHECK(f.verdicts().size() == 2);
  CHECK(load->messages() == 2);
  f.end(slow);
}

TEST_CASE("judges: who is late is said once, and then counted") {
  validator_fixture f;
  const auto slow = f.net.sys().spawn(silent_judge, 0);
  f.use({.actors = {slow}, .timeout = 2s});
  for (int i = 0; i < 4; ++i)
    f.validate();
  f.net.advance(2s);
  CHECK(f.verdicts() == std::vector(4, verdict_kind::ignore));
  CHECK(f.log()
        == "error a validator failed, the message is ignored: it did not "
           "answer in time topic=\"t\"\n");
  f.net.advance(61s);
  CHECK_THAT(f.log(), Catch::Contains("error 3 more messages ignored, as a "
                                      "validator did not answer in time"));
  // What comes of it at last changes nothing.
  f.end(slow);
  CHECK(f.verdicts().size() == 4);
  CHECK(count(f.log(), "\n") == 2);
}

TEST_CASE("judges: each question has its own deadline") {
  validator_fixture f;
  const auto slow = f.net.sys().spawn(silent_judge, 0);
  f.use_all({{"t", {.actors = {slow}, .timeout = 10s}},
             {"u", {.actors = {slow}, .timeout = 50ms}}});
  f.validate("t");
  f.net.advance(300ms);
  f.validate("u");
  f.net.advance(49ms);
  CHECK(f.verdicts().empty());
  f.net.advance(1ms);
  CHECK(f.verdicts().size() == 1);
  f.net.advance(9s);
  CHECK(f.verdicts().size() == 1);
  f.net.advance(651ms);
  CHECK(f.verdicts().size() == 2);
  f.end(slow);
}

// -- our own messages ---------------------------------------------------------

TEST_CASE("judges: our own messages have no source, and what was attached to "
          "each is the answer") {
  validator_fixture f;
  std::vector<libp2p::peer_id> sources;
  f.use({.functions = {
             [&](const gossip::message& msg, const libp2p::peer_id& source) {
               sources.push_back(source);
               return to_string(msg.data()) == "plain"
                          ? judgement{}
                          : judgement{verdict_kind::accept,
                                      to_string(msg.data()) + "!"};
             }}});
  const auto got = f.judge_ours({"one", "plain", "two"});
  REQUIRE(got->value);
  REQUIRE(got->value->values.size() == 3);
  CHECK(text_of(got->value->values[0]) == "one!");
  CHECK_FALSE(got->value->values[1].has_value());
  CHECK(text_of(got->value->values[2]) == "two!");
  CHECK(sources == std::vector(3, libp2p::peer_id{}));
  CHECK(f.judge_ours({})->value->values.empty());
}

TEST_CASE("judges: that our own message is not accepted is the answer, and "
          "why") {
  validator_fixture f;
  const auto refused = [&](topic_validation how) {
    f.use(std::move(how));
    const auto got = f.judge_ours({"data"});
    f.net.advance(2s);
    CHECK(got->code == node_errc::not_accepted);
    return got->error;
  };
  CHECK(refused({.functions = {always(verdict_kind::reject)}})
        == "a validator rejected it");
  CHECK(refused({.functions = {always(verdict_kind::ignore)}})
        == "a validator ignored it");
  CHECK(refused({.functions = {[](const auto&, const auto&) -> judgement {
                   throw std::runtime_error{"no database"};
                 }}})
        == "a validator failed: no database");
  const auto slow = f.net.sys().spawn(silent_judge, 0);
  CHECK(refused({.actors = {slow}, .timeout = 2s})
        == "a validator did not answer in time");
  f.end(slow);
  CHECK_THAT(refused({.actors = {slow}}),
             Catch::StartsWith("a validator failed: "));
  CHECK(f.cache.all<verdicts_reached>().empty());
}

TEST_CASE("judges: a batch is refused as a whole, with the first message that "
          "is not accepted, and nobody is asked about the rest") {
  validator_fixture f;
  texts order;
  f.use({.functions = {[&](const gossip::message& msg, const auto&) {
           order.push_back(to_string(msg.data()));
           return order.back() == "bad" ? verdict_kind::reject
                                        : verdict_kind::accept;
         }}});
  const auto got = f.judge_ours({"good", "bad", "bad"});
  CHECK(got->code == node_errc::not_accepted);
  CHECK(got->error == "message 2 of 3: a validator rejected it");
  CHECK(order == texts{"good", "bad"});
}

TEST_CASE("judges: a publisher hears when too much waits for an actor") {
  validator_fixture f;
  const auto slow = f.net.sys().spawn(silent_judge, 0);
  f.use({.actors = {slow}, .timeout = 5s, .max_messages = 1});
  const auto first = f.judge_ours({"a", "b"});
  CHECK(first->pending());
  const auto second = f.judge_ours({"c"});
  CHECK(second->code == node_errc::busy);
  CHECK_THAT(second->error, Catch::Contains("publish it again"));
  f.net.advance(5s);
  CHECK(first->code == node_errc::not_accepted);
  f.end(slow);
}
