// What applications publish passes the validators, and keys of single messages.
#include "gossip/message/seqno.hpp"
#include "tests/support/topics_fixture.hpp"

#include <any>
#include <array>
#include <map>
#include <memory>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

topic_validation accepting() {
  topic_validation how;
  how.functions.emplace_back(
      [](const auto&, const auto&) { return gossip::verdict_kind::accept; });
  return how;
}

// A node that validates topic "t"; its validator attaches the number 5.
struct judged_fixture : topics_fixture {
  explicit judged_fixture(std::string topic = "t")
      : topics_fixture{[&](node_config& config) {
          config.validation[std::move(topic)] = accepting();
        }} {
    validators[0].answer<judge_own>(own_accepted{{std::any{5}}});
  }

  void refuse() {
    validators[0].answer<judge_own>(caf::make_error(
        node_errc::not_accepted, std::string{"a validator rejected it"}));
  }
};

std::uint64_t number_of(const gossip::message_ptr& msg) {
  return gossip::decode_seqno(msg->fields().seqno.value()).value();
}

std::shared_ptr<const libp2p::private_key> some_key(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return std::make_shared<const libp2p::private_key>(
      libp2p::private_key::ed25519_from_seed(seed));
}

} // namespace

// -- validators ---------------------------------------------------------------

TEST_CASE("node validation: what is published is judged before it goes to the "
          "cache, with what was attached to it") {
  judged_fixture f;
  f.validators[0].hold<judge_own>();
  const auto got = f.publish("t", data_of(3));
  CHECK(got->pending());
  CHECK(f.cache.all<publish_own>().empty());
  const auto& asked = f.validators[0].only<judge_own>().msgs;
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]->data().size() == 3);
  f.validators[0].release(own_accepted{{std::any{5}}});
  f.run();
  REQUIRE(got->value);
  CHECK(got->value->peers == 7);
  CHECK(f.cache.only<publish_own>().msg == asked[0]);
  CHECK(std::any_cast<int>(f.cache.only<publish_own>().value) == 5);
}

TEST_CASE("node validation: what nobody judges goes to the cache at once") {
  topics_fixture f{[](node_config& config) {
    config.validation["u"] = accepting();
    // Sizes alone are nobody's judgement.
    config.validation["t"].max_size = 100;
  }};
  CHECK(f.publish("t", data_of(1))->value);
  CHECK(f.validators[0].all<judge_own>().empty());
  CHECK_FALSE(f.cache.only<publish_own>().value.has_value());
}

TEST_CASE("node validation: those of all topics judge what is published to any "
          "topic") {
  judged_fixture f{""};
  CHECK(f.publish("u", data_of(1))->value);
  CHECK(f.validators[0].all<judge_own>().size() == 1);
  CHECK(f.ask_node<changed>(set_validation{"", std::nullopt})->value);
  CHECK(f.cache.all<bound_validation>().back().topic.empty());
  CHECK_FALSE(f.cache.all<bound_validation>().back().messages);
  CHECK(f.publish("u", data_of(1))->value);
  CHECK(f.validators[0].all<judge_own>().size() == 1);
  CHECK(f.cache.all<publish_own>().size() == 2);
}

TEST_CASE(
    "node validation: a refusal is the publisher's answer, and nothing is "
    "published") {
  judged_fixture f;
  f.refuse();
  const auto got = f.publish("t", data_of(1));
  CHECK(got->code == node_errc::not_accepted);
  CHECK(got->error == "a validator rejected it");
  const auto waited = f.publish("t", data_of(1), 0);
  CHECK(waited->code == node_errc::not_accepted);
  const auto batch =
      f.ask_node<batch_receipt>(publish_batch{"t", {data_of(1), data_of(2)}});
  CHECK(batch->code == node_errc::not_accepted);
  CHECK(f.cache.all<publish_own>().empty());
  CHECK(f.cache.all<publish_own_batch>().empty());
}

TEST_CASE("node validation: a batch is judged together and goes on together") {
  judged_fixture f;
  f.validators[0].answer<judge_own>(
      own_accepted{{std::any{1}, std::any{}, std::any{3}}});
  const auto got = f.ask_node<batch_receipt>(
      publish_batch{"t", {data_of(1), data_of(2), data_of(3)}});
  CHECK(got->value);
  const auto& asked = f.validators[0].only<judge_own>().msgs;
  const auto& sent = f.cache.only<publish_own_batch>();
  CHECK(asked.size() == 3);
  CHECK(sent.msgs == asked);
  REQUIRE(sent.values.size() == 3);
  CHECK(std::any_cast<int>(sent.values[0]) == 1);
  CHECK_FALSE(sent.values[1].has_value());
  CHECK(std::any_cast<int>(sent.values[2]) == 3);
}

TEST_CASE("node validation: who waits for peers is judged when these are "
          "there") {
  judged_fixture f;
  f.mesh.hold<await_peers>();
  const auto got = f.publish("t", data_of(1), 3);
  CHECK(f.validators[0].all<judge_own>().empty());
  f.mesh.release(peers_ready{3});
  f.run();
  CHECK(got->value);
  CHECK(std::any_cast<int>(f.cache.only<publish_own>().value) == 5);
  f.refuse();
  f.mesh.answer<await_peers>(peers_ready{3});
  CHECK(f.publish("t", data_of(1), 3)->code == node_errc::not_accepted);
}

TEST_CASE("node validation: a topic's messages are all judged by the same "
          "validator, so that they keep their order") {
  topics_fixture f{[](node_config& config) {
    config.validators = 4;
    config.validation[""] = accepting();
  }};
  for (int i = 0; i < 3; ++i)
    for (const auto* topic : {"a", "b", "c", "d", "e"})
      f.publish(topic, {});
  std::size_t total = 0;
  for (const auto& one : f.validators) {
    std::map<std::string, int> seen;
    for (const auto& msg : one.all<judge_own>())
      ++seen[std::string{msg.msgs.at(0)->topic()}];
    for (const auto& [topic, times] : seen)
      CHECK(times == 3);
    total += one.all<judge_own>().size();
  }
  CHECK(total == 15);
}

TEST_CASE("node validation: what waits to be judged when the node stops is "
          "answered, and never published") {
  judged_fixture f;
  f.validators[0].hold<judge_own>();
  f.mesh.answer<await_peers>(peers_ready{3});
  const auto one = f.publish("t", data_of(1));
  const auto waiting = f.publish("t", data_of(1), 3);
  const auto batch = f.ask_node<batch_receipt>(publish_batch{"t", {{}, {}}});
  CHECK(f.validators[0].held() == 3);
  f.cache.hold<inspect_cache>();
  const auto stopped = f.ask_node<node_stopped>(stop_node{});
  CHECK(one->code == node_errc::not_running);
  CHECK(waiting->code == node_errc::not_running);
  CHECK(batch->code == node_errc::not_running);
  f.validators[0].release(own_accepted{{std::any{}, std::any{}}});
  f.run();
  CHECK(f.cache.all<publish_own>().empty());
  CHECK(f.cache.all<publish_own_batch>().empty());
}

TEST_CASE("node validation: a message counts as under way until it is "
          "judged") {
  judged_fixture f;
  f.validators[0].hold<judge_own>();
  const auto gauge = std::make_shared<load_gauge>();
  publish_message one{"t", data_of(1)};
  one.ticket = {gauge, 1, 10};
  f.say(std::move(one));
  CHECK(gauge->messages() == 1);
  publish_batch two{"t", {data_of(1), data_of(2)}};
  two.ticket = {gauge, 2, 20};
  f.say(std::move(two));
  f.mesh.answer<await_peers>(peers_ready{3});
  publish_message three{"t", data_of(1), 1};
  three.ticket = {gauge, 1, 10};
  f.say(std::move(three));
  CHECK(gauge->messages() == 4);
  f.validators[0].release(own_accepted{{std::any{}, std::any{}}});
  f.run();
  CHECK(gauge->messages() == 0);
  CHECK(f.cache.all<publish_own>().size() == 2);
}

TEST_CASE(
    "node validation: a message may be as large as its topic's validation "
    "says, and no larger") {
  topics_fixture f{[](node_config& config) {
    config.validation[""].max_size = 4;
    config.validation["t"].max_size = 6;
  }};
  CHECK(f.publish("t", data_of(6))->value);
  const auto refused = f.publish("t", data_of(7));
  CHECK(refused->code == node_errc::too_large);
  CHECK(refused->error
        == "the message has 7 bytes, at most 6 are valid in the topic");
  CHECK(f.publish("u", data_of(4))->value);
  CHECK(f.publish("u", data_of(5))->code == node_errc::too_large);
  CHECK(f.ask_node<batch_receipt>(publish_batch{"u", {data_of(1), data_of(5)}})
            ->code
        == node_errc::too_large);
}

TEST_CASE("node validation: validators share the counts of what waits for "
          "judges, which stay while others change") {
  const auto accepts = [](judge_actor::pointer) -> judge_actor::behavior_type {
    return {[](const judge_message&) { return judgement{}; }};
  };
  topics_fixture f{[](node_config& config) { config.validators = 2; }, false};
  const auto one = f.system.sys().spawn(accepts);
  const auto two = f.system.sys().spawn(accepts);
  topic_validation how;
  how.actors = {one};
  REQUIRE(f.ask_node<changed>(set_validation{"t", how})->value);
  REQUIRE(f.start()->value);
  f.run();
  const auto& told = f.validators[0].only<use_validation>().loads;
  const auto load = told.at(one.address());
  CHECK(f.validators[1].all<use_validation>().back().loads.at(one.address())
        == load);
  how.actors = {one, two};
  REQUIRE(f.ask_node<changed>(set_validation{"u", how})->value);
  const auto& later = f.validators[0].all<use_validation>().back().loads;
  CHECK(later.at(one.address()) == load);
  CHECK(later.at(two.address()) != load);
}

// -- keys ---------------------------------------------------------------------

TEST_CASE("node validation: a message with a key is signed by it, and numbered "
          "with the others") {
  topics_fixture f;
  const auto key = some_key(9);
  publish_message msg{"t", data_of(1)};
  f.publish("t", data_of(1));
  msg.key = key;
  CHECK(f.ask_node<publish_receipt>(msg)->value);
  publish_batch batch{"t", {data_of(1), data_of(2)}};
  batch.key = key;
  CHECK(f.ask_node<batch_receipt>(batch)->value);
  auto sent = f.cache.only<publish_own_batch>().msgs;
  const auto& singles = f.cache.all<publish_own>();
  REQUIRE(singles.size() == 2);
  CHECK(singles[0].msg->author() == f.ctx->self);
  sent.insert(sent.begin(), singles[1].msg);
  auto last = number_of(singles[0].msg);
  for (const auto& one : sent) {
    CHECK(one->author() == libp2p::peer_id::of(key->public_part()));
    CHECK(gossip::verify(one->fields(), gossip::signing_policy::strict_sign));
    CHECK(number_of(one) == ++last);
  }
}

TEST_CASE("node validation: where nothing is signed a key is an error") {
  topics_fixture f{[](node_config& config) {
    config.policy = gossip::signing_policy::strict_no_sign;
  }};
  publish_message msg{"t", data_of(1)};
  msg.key = some_key(9);
  const auto got = f.ask_node<publish_receipt>(msg);
  CHECK(got->code == node_errc::bad_parameters);
  CHECK_THAT(got->error, Catch::Contains("without signatures"));
  publish_batch batch{"t", {data_of(1)}};
  batch.key = some_key(9);
  CHECK(f.ask_node<batch_receipt>(batch)->code == node_errc::bad_parameters);
  CHECK(f.cache.all<publish_own>().empty());
}
