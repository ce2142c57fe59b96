// What the trace says of messages.
#include "tests/support/cache_actor_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using gossip::verdict_kind;
namespace events = gossip::trace;

namespace {

// A cache whose trace is looked at.
struct traced_fixture {
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
  cache_fixture f{
      changed_context([this](node_context& ctx) { ctx.trace = sink; })};

  // The only event of its kind.
  template <class Event>
  Event only() const {
    const auto found = sink->of<Event>();
    REQUIRE(found.size() == 1);
    return found.front();
  }
};

} // namespace

TEST_CASE("message cache: the trace tells of a delivery, and whose message it "
          "was") {
  traced_fixture t;
  const auto msg = cache_fixture::message("hello");
  SECTION("of a peer") {
    t.f.receive(1, msg);
    CHECK(t.sink->all().empty());
    t.f.decide(t.f.tasks().at(0), verdict_kind::accept);
    CHECK(t.only<events::delivered>().from == numbered_peer(1));
    CHECK(t.sink->all().size() == 1);
  }
  SECTION("of this node") {
    t.f.say(publish_own{msg});
    CHECK(t.only<events::delivered>().from == t.f.ctx->self);
    CHECK(t.sink->all().size() == 2);
  }
  CHECK(t.only<events::delivered>().id == msg->id());
  CHECK(t.only<events::delivered>().topic == "t");
}

TEST_CASE("message cache: the trace tells once of what this node publishes, "
          "before it is delivered") {
  traced_fixture t;
  const auto msg = cache_fixture::message("mine");
  t.f.say(publish_own{msg});
  t.f.say(publish_own{msg});
  const auto told = t.only<events::published>();
  CHECK(told.id == msg->id());
  CHECK(told.topic == "t");
  CHECK(std::holds_alternative<events::published>(t.sink->all().front()));
}

TEST_CASE("message cache: the trace tells who sent a copy of what") {
  traced_fixture t;
  const auto msg = cache_fixture::message("hello");
  t.f.receive(1, msg);
  t.f.receive(2, msg);
  const auto told = t.only<events::duplicate>();
  CHECK(told.id == msg->id());
  CHECK(told.from == numbered_peer(2));
  CHECK(told.topic == "t");
}

TEST_CASE("message cache: the trace tells why a message was turned down") {
  traced_fixture t;
  const auto msg = cache_fixture::message("hello");
  std::string_view reason;
  SECTION("rejected by a validator") {
    t.f.say(messages_received{t.f.from(1), {msg}});
    t.f.say(verdicts_reached{
        {{msg->id(),
          t.f.tasks().at(0).token,
          {verdict_kind::reject, gossip::reject_reason::validator}}}});
    reason = events::reasons::failed;
  }
  SECTION("a bad signature") {
    t.f.receive(1, msg);
    t.f.say(verdicts_reached{
        {{msg->id(),
          t.f.tasks().at(0).token,
          {verdict_kind::reject, gossip::reject_reason::bad_signature}}}});
    reason = events::reasons::invalid_signature;
  }
  SECTION("ignored") {
    t.f.receive_and_decide(1, msg, verdict_kind::ignore);
    reason = events::reasons::ignored;
  }
  SECTION("too many under validation") {
    t.f.say(bound_validation{"t", 1});
    t.f.receive(2, cache_fixture::message("other", "t", 1));
    t.f.receive(1, msg);
    reason = events::reasons::queue_full;
  }
  SECTION("of a blocked peer") {
    t.f.say(block_peer{numbered_peer(1)});
    t.f.receive(1, msg);
    reason = events::reasons::blacklisted_peer;
  }
  const auto told = t.only<events::rejected>();
  CHECK(told.id == msg->id());
  CHECK(told.from == numbered_peer(1));
  CHECK(told.reason == reason);
  CHECK(told.topic == "t");
  CHECK(t.sink->all().size() == 1);
}
