// Topics as handles: what they ask the node for, and what closing takes back.
#include "messages/topic.hpp"
#include "tests/support/topics_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// An application's actor that does one thing with a handle.
struct handle_fixture : topics_fixture {
  template <class Act>
  caf::actor in_actor(Act act) {
    const auto who = system.sys().spawn(
        [act](caf::event_based_actor* self) -> caf::behavior {
          act(self);
          return {[](const message_delivered&) {}};
        });
    run();
    return who;
  }

  // The answer to what an actor asks for; it stays.
  template <class Answer, class Act>
  std::shared_ptr<reply<Answer>> ask_by(Act act) {
    auto result = std::make_shared<reply<Answer>>();
    last = in_actor([act, result](caf::event_based_actor* self) {
      act(self).then([result](const Answer& got) { result->value = got; },
                     [result](caf::error& why) {
                       result->code = static_cast<node_errc>(why.code());
                       result->error = reason_of(why);
                     });
    });
    return result;
  }

  // Who asked last.
  caf::actor last;
  grapevine::topic topic{node, "t"};
};

} // namespace

TEST_CASE("topic: publishing by a handle is publishing to its topic") {
  handle_fixture f;
  f.mesh.answer<await_peers>(peers_ready{3});
  CHECK(f.topic.name() == "t");
  const auto got = f.ask_by<publish_receipt>(
      [&](auto* self) { return f.topic.publish(self, data_of(3)); });
  CHECK(got->value->peers == 7);
  CHECK(f.cache.only<publish_own>().msg->topic() == "t");
  const auto key = std::make_shared<const libp2p::private_key>(
      libp2p::private_key::generate());
  CHECK(f.ask_by<publish_receipt>([&](auto* self) {
           return f.topic.publish(self, data_of(3), {2, 5s, key});
         })->value);
  CHECK(f.mesh.only<await_peers>().count == 2);
  CHECK(f.mesh.only<await_peers>().timeout == 5s);
  CHECK(f.cache.all<publish_own>().back().msg->author()
        == libp2p::peer_id::of(key->public_part()));
  CHECK(f.ask_by<batch_receipt>([&](auto* self) {
           return f.topic.publish_batch(self, {data_of(1), data_of(2)});
         })->value);
  CHECK(f.cache.only<publish_own_batch>().msgs.size() == 2);
  CHECK(f.ask_by<peers_ready>([&](auto* self) {
           return f.topic.await_peers(self, 4);
         })->value->count
        == 3);
  const auto refused = f.ask_by<publish_receipt>([&](auto* self) {
    return grapevine::topic{f.node, ""}.publish(self, data_of(3));
  });
  CHECK(refused->error == "a topic needs a name");
}

TEST_CASE("topic: an actor subscribes itself or another one") {
  handle_fixture f;
  CHECK(f.ask_by<changed>([&](auto* self) {
           return f.topic.subscribe(self, {.max_messages = 7}, true);
         })->value);
  const auto self = f.last;
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].actor == self);
  CHECK(f.told().subscribers[0].batches);
  CHECK(f.told().subscribers[0].delivery.max_messages == 7);
  const auto other = f.subscriber();
  CHECK(f.ask_by<changed>([&](auto* asker) {
           return f.topic.subscribe_for(asker, other);
         })->value);
  CHECK(f.told().subscribers.size() == 2);
  CHECK(f.ask_by<changed>([&](auto* asker) {
           return f.topic.unsubscribe_for(asker, self);
         })->value);
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].actor == other);
  // Who is not subscribed cannot ask for messages.
  CHECK(f.ask_by<changed>([&](auto* asker) {
           return f.topic.request(asker, 3);
         })->code
        == node_errc::unknown_topic);
}

TEST_CASE("topic: its rules are set by the handle, too") {
  handle_fixture f;
  topic_validation how;
  how.max_messages = 5;
  CHECK(f.ask_by<changed>([&](auto* self) {
           return f.topic.validate(self, how);
         })->value);
  CHECK(f.cache.only<bound_validation>().topic == "t");
  CHECK(f.cache.only<bound_validation>().messages == 5U);
  CHECK(f.ask_by<changed>([&](auto* self) {
           return f.topic.no_validation(self);
         })->value);
  CHECK_FALSE(f.cache.all<bound_validation>().back().messages);
  gossip::topic_score_parameters scores;
  scores.weight = 3;
  CHECK(f.ask_by<changed>([&](auto* self) {
           return f.topic.score(self, scores);
         })->value);
  CHECK(f.mesh.only<set_topic_score>().topic == "t");
  CHECK(f.mesh.only<set_topic_score>().parameters.weight == 3);
}

TEST_CASE("topic: joining relays the topic until the handle leaves it") {
  handle_fixture f;
  CHECK(
      f.ask_by<changed>([&](auto* self) { return f.topic.join(self); })->value);
  CHECK(f.mesh.only<join_topic>().topic == "t");
  CHECK(f.ask_by<changed>([&](auto* self) {
           return f.topic.leave(self);
         })->value);
  CHECK(f.mesh.only<leave_topic>().topic == "t");
}

TEST_CASE("topic: closing takes back what the handle and its copies did, and "
          "nothing else") {
  handle_fixture f;
  const auto copy = f.topic;
  const auto outside = f.subscriber();
  const auto inside = f.subscriber();
  const auto gone = f.subscriber();
  f.subscribe("t", outside);
  f.in_actor([&](auto* self) {
    f.topic.subscribe_for(self, inside);
    copy.subscribe_for(self, gone);
    copy.join(self);
    copy.validate(self, {});
    f.topic.subscribe(self);
  });
  REQUIRE(f.told().subscribers.size() == 4);
  f.end(gone);
  const auto closed =
      f.ask_by<changed>([&](auto* self) { return f.topic.close(self); });
  CHECK(closed->value);
  CHECK_FALSE(f.cache.all<bound_validation>().back().messages);
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].actor == outside);
  f.say(unsubscribe_topic{"t", outside});
  // Nobody relays it any longer.
  CHECK(f.mesh.only<leave_topic>().topic == "t");
}

TEST_CASE(
    "topic: closing twice, or what did nothing, changes nothing; and what "
    "is closed can be used again") {
  handle_fixture f;
  const auto close = [&] {
    return f.ask_by<changed>([&](auto* self) { return f.topic.close(self); });
  };
  CHECK(close()->value);
  CHECK(f.cache.all<set_subscribers>().empty());
  CHECK(f.cache.all<bound_validation>().empty());
  f.in_actor([&](auto* self) { f.topic.join(self); });
  CHECK(close()->value);
  CHECK(f.mesh.all<leave_topic>().size() == 1);
  CHECK(close()->value);
  CHECK(f.mesh.all<leave_topic>().size() == 1);
  f.in_actor([&](auto* self) { f.topic.join(self); });
  CHECK(f.mesh.all<join_topic>().size() == 2);
}

TEST_CASE("topic: a handle keeps no subscriber alive") {
  handle_fixture f;
  {
    const auto one = f.subscriber();
    f.in_actor([&](auto* self) { f.topic.subscribe_for(self, one); });
    f.end(one);
  }
  CHECK(f.told().subscribers.empty());
  CHECK(f.ask_by<changed>([&](auto* self) {
           return f.topic.close(self);
         })->value);
}

TEST_CASE("topic: threads that are no actors use a scoped one") {
  handle_fixture f;
  caf::scoped_actor self{f.system.sys()};
  f.topic.subscribe(self);
  f.run();
  REQUIRE(f.told().subscribers.size() == 1);
  CHECK(f.told().subscribers[0].actor == caf::actor{self});
  bool done = false;
  f.topic.unsubscribe(self);
  f.run();
  auto closing = f.topic.close(self);
  f.run();
  std::move(closing).receive([&](changed) { done = true; },
                             [](const caf::error&) {});
  CHECK(done);
  CHECK(f.told().subscribers.empty());
}
