// What peers promised by IHAVE, and were asked for.
#include "tests/support/cache_actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE(
    "message cache: an IWANT that is not answered in time is held against "
    "the peer, an answered one is not") {
  cache_fixture f;
  const auto msg = cache_fixture::message("asked for");
  f.say(iwant_sent{numbered_peer(1), "never sent"});
  f.say(iwant_sent{numbered_peer(2), std::string{msg->id().raw()}});
  f.receive(2, msg);
  f.net.advance(std::chrono::milliseconds{3'001});
  f.say(shift_window{});
  const auto& told = f.mesh.all<misbehaved>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].peer == numbered_peer(1));
  CHECK(told[0].count == 1);
}

TEST_CASE(
    "message cache: an answer to IWANT that comes late takes back what was "
    "held against the peer") {
  cache_fixture f;
  const auto msg = cache_fixture::message("asked for");
  f.say(iwant_sent{numbered_peer(1), std::string{msg->id().raw()}});
  f.net.advance(std::chrono::milliseconds{3'001});
  f.say(shift_window{});
  REQUIRE(f.mesh.all<misbehaved>().size() == 1);
  f.receive(1, msg);
  REQUIRE(f.mesh.all<misbehaved>().size() == 2);
  CHECK(f.mesh.all<misbehaved>()[1].peer == numbered_peer(1));
  CHECK(f.mesh.all<misbehaved>()[1].count == -1);
}

TEST_CASE("message cache: a node whose own heartbeat is late gives its peers "
          "as much longer for their answers") {
  cache_fixture f;
  f.say(shift_window{});
  f.say(iwant_sent{numbered_peer(1), "asked for"});
  f.net.advance(std::chrono::seconds{10});
  f.say(shift_window{});
  CHECK(f.mesh.all<misbehaved>().empty());
  for (int i = 0; i < 3; ++i) {
    f.net.advance(std::chrono::seconds{1});
    f.say(shift_window{});
  }
  CHECK(f.mesh.all<misbehaved>().size() == 1);
}

TEST_CASE("message cache: an answer to IWANT that is refused at sight is an "
          "answer") {
  cache_fixture f;
  f.say(block_peer{numbered_peer(77)}); // the author
  const auto msg = cache_fixture::message("of a blocked author");
  f.say(iwant_sent{numbered_peer(2), std::string{msg->id().raw()}});
  f.receive(2, msg);
  f.net.advance(std::chrono::milliseconds{3'001});
  f.say(shift_window{});
  CHECK(f.mesh.all<misbehaved>().empty());
}

namespace {

// A cache that was asked to hold peer 1 to its word about the message.
struct promise_fixture : cache_fixture {
  using cache_fixture::cache_fixture;

  void promised(const gossip::message_ptr& msg) {
    say(iwant_sent{numbered_peer(1), id_of(msg)});
  }

  // Whether anything is held against anybody once all time is over.
  bool broken() {
    beat(5);
    return !mesh.all<misbehaved>().empty();
  }
};

} // namespace

TEST_CASE("message cache: a promise is broken when nothing comes") {
  promise_fixture f;
  f.promised(cache_fixture::message("never sent"));
  CHECK(f.broken());
  CHECK(f.snapshot().broken_promises == 1);
}

TEST_CASE("message cache: whatever becomes of a message that comes, its "
          "promise is kept") {
  promise_fixture f;
  const auto msg = cache_fixture::message("asked for");
  f.promised(msg);
  SECTION("it is validated") {
    f.receive(1, msg);
  }
  SECTION("it came from another peer") {
    f.receive(2, msg);
  }
  SECTION("its topic was left meanwhile") {
    f.say(set_subscribers{"t", false, {}});
    f.receive(1, msg);
  }
  SECTION("too much is under validation") {
    f.say(bound_validation{"t", 1});
    f.receive(2, cache_fixture::message("other", "t", 1));
    f.receive(1, msg);
    REQUIRE(f.snapshot().throttled == 1);
  }
  SECTION("it came before it was known what was asked") {
    promise_fixture early;
    early.receive(2, msg);
    early.promised(msg);
    CHECK_FALSE(early.broken());
    f.receive(1, msg);
  }
  CHECK_FALSE(f.broken());
}

TEST_CASE("message cache: so is that of one that needs no validation") {
  promise_fixture f{changed_context([](node_context& ctx) {
    ctx.config.policy = gossip::signing_policy::strict_no_sign;
  })};
  const auto msg = cache_fixture::anonymous("asked for");
  f.promised(msg);
  f.receive(1, msg);
  REQUIRE(f.tasks().empty());
  CHECK_FALSE(f.broken());
}

TEST_CASE("message cache: so is that of this node's own message") {
  promise_fixture f;
  const auto own = cache_fixture::message_of(f.ctx->self, "before a restart");
  f.promised(own);
  f.receive(1, own);
  CHECK_FALSE(f.broken());
}

TEST_CASE("message cache: promises of one peer that are broken together are "
          "told together") {
  promise_fixture f;
  f.promised(cache_fixture::message("first", "t", 1));
  f.promised(cache_fixture::message("second", "t", 2));
  CHECK(f.broken());
  REQUIRE(f.mesh.all<misbehaved>().size() == 1);
  CHECK(f.mesh.all<misbehaved>()[0].count == 2);
  CHECK(f.snapshot().broken_promises == 2);
}

TEST_CASE("message cache: a promise is broken after the time configured") {
  gossip::parameters params;
  params.timers.iwant_followup = std::chrono::milliseconds{5'500};
  promise_fixture f{params};
  f.promised(cache_fixture::message("never sent"));
  f.beat(5);
  CHECK(f.mesh.all<misbehaved>().empty());
  f.beat();
  CHECK(f.mesh.all<misbehaved>().size() == 1);
}

TEST_CASE("message cache: heartbeats that are late by half of their interval "
          "give nobody more time") {
  promise_fixture f;
  f.say(shift_window{});
  f.promised(cache_fixture::message("never sent"));
  for (int i = 0; i < 3; ++i) {
    CHECK(f.mesh.all<misbehaved>().empty());
    f.net.advance(std::chrono::milliseconds{1'500});
    f.say(shift_window{});
  }
  CHECK(f.mesh.all<misbehaved>().size() == 1);
}
