// The gater turns messages away when there are too many to validate.
#include "tests/support/cache_actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using gossip::verdict_kind;

namespace {

// What anyone did once weighs so much that it has no chance.
constexpr double all = 1e12;

gossip::gater_parameters strict() {
  gossip::gater_parameters p;
  p.threshold = 1;
  p.duplicate_weight = all;
  p.ignore_weight = all;
  p.reject_weight = all;
  p.global_decay = 0.5;
  p.retention = {};
  return p;
}

// A cache with a gater; peer 1 is at one address, 2 at another.
struct gater_fixture : cache_fixture {
  explicit gater_fixture(const gossip::gater_parameters& p = strict(),
                         bool signs = true)
      : cache_fixture{changed_context([&](node_context& c) {
          c.config.gater = p;
          if (!signs)
            c.config.policy = gossip::signing_policy::strict_no_sign;
        })} {
    for (const std::uint32_t number : {1, 2})
      say(peer_left{numbered_peer(number), peer.actor().address()});
    come(1, {"192.0.2.1"});
    come(2, {"192.0.2.2"});
  }

  void come(std::uint32_t number,
            std::initializer_list<std::string_view> where) {
    peer_joined msg{from(number), inbound_peer, {}};
    for (const auto text : where)
      msg.ips.push_back(libp2p::ip_address::from_text(text).value());
    say(msg);
  }

  gossip::message_ptr fresh() { return message("x", "t", ++number_); }

  // One message is validated and twenty are dropped, as they are too many.
  void overload() {
    const auto before = snapshot().throttled;
    say(bound_validation{"t", 1});
    for (int i = 0; i < 21; ++i)
      receive(3, fresh());
    REQUIRE(snapshot().throttled == before + 20);
    say(verdicts_reached{{{tasks().back().msg->id(),
                           tasks().back().token,
                           {verdict_kind::accept, {}}}}});
    say(bound_validation{"t", std::nullopt});
  }

  // Whether a message of the peer is turned away.
  bool gated(std::uint32_t number) {
    const auto before = snapshot().gated;
    receive(number, fresh());
    return snapshot().gated > before;
  }

private:
  std::uint64_t number_ = 100;
};

} // namespace

TEST_CASE("message cache: while too much comes, messages of those who sent bad "
          "ones are not looked at") {
  gater_fixture f;
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  CHECK_FALSE(f.gated(1));
  f.overload();
  const auto tasks = f.tasks().size();
  f.peer.clear();
  CHECK(f.gated(1));
  CHECK(f.tasks().size() == tasks);
  CHECK(f.peer.all<return_credit>().size() == 1);
  CHECK_FALSE(f.gated(2));
  CHECK(f.tasks().size() == tasks + 1);
}

TEST_CASE("message cache: without a gater nobody is turned away") {
  cache_fixture f;
  f.receive_and_decide(1, cache_fixture::message("bad", "t", 1),
                       verdict_kind::reject);
  f.say(bound_validation{"t", 1});
  f.receive(2, cache_fixture::message("x", "t", 2));
  for (std::uint64_t i = 3; i < 9; ++i)
    f.receive(1, cache_fixture::message("y", "t", i));
  CHECK(f.snapshot().gated == 0);
  CHECK(f.snapshot().throttled == 6);
}

TEST_CASE("message cache: the gater hears what became of a peer's messages") {
  gater_fixture f;
  SECTION("rejected") {
    f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  }
  SECTION("ignored") {
    f.receive_and_decide(1, f.fresh(), verdict_kind::ignore);
  }
  SECTION("repeated") {
    const auto msg = f.fresh();
    f.accept(2, msg);
    f.receive(1, msg);
  }
  f.overload();
  CHECK(f.gated(1));
  CHECK_FALSE(f.gated(2));
}

TEST_CASE("message cache: messages that are delivered speak for a peer") {
  auto p = strict();
  p.delivery_weights["t"] = all * all;
  gater_fixture f{p};
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  f.receive_and_decide(2, f.fresh(), verdict_kind::reject);
  f.accept(2, f.fresh());
  f.overload();
  CHECK(f.gated(1));
  CHECK_FALSE(f.gated(2));
}

TEST_CASE("message cache: the gater rests while enough is validated, also of "
          "what needs no validator") {
  const bool signs = GENERATE(true, false);
  gater_fixture f{strict(), signs};
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  f.overload();
  for (int i = 0; i < 30; ++i) {
    if (signs)
      f.accept(2, f.fresh());
    else
      f.receive(2, cache_fixture::anonymous(std::to_string(i)));
  }
  CHECK_FALSE(f.gated(1));
  f.overload();
  f.overload();
  CHECK(f.gated(1));
}

TEST_CASE("message cache: peers at one address are gated together, by the "
          "first of their addresses") {
  gater_fixture f;
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  f.come(4, {"192.0.2.1", "192.0.2.9"});
  f.come(5, {"192.0.2.9", "192.0.2.1"});
  f.overload();
  CHECK(f.gated(4));
  CHECK_FALSE(f.gated(5));
}

TEST_CASE("message cache: the gater forgets a peer that has left, not one that "
          "came back by another actor") {
  gater_fixture f;
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  SECTION("it left") {
    f.say(peer_left{numbered_peer(1), f.peer.actor().address()});
    f.come(1, {"192.0.2.1"});
    f.overload();
    CHECK_FALSE(f.gated(1));
  }
  SECTION("its first actor ends") {
    f.say(peer_left{numbered_peer(1), f.subscriber.actor().address()});
    f.overload();
    CHECK(f.gated(1));
  }
}

TEST_CASE("message cache: direct peers are not gated, as long as they are "
          "direct") {
  gater_fixture f;
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  f.overload();
  f.say(set_direct{numbered_peer(1), true});
  CHECK_FALSE(f.gated(1));
  f.say(set_direct{numbered_peer(1), false});
  f.overload();
  CHECK(f.gated(1));
}

TEST_CASE("message cache: what is gated is not held against who promised it") {
  gater_fixture f;
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  f.overload();
  f.say(iwant_sent{numbered_peer(1), "asked for"});
  REQUIRE(f.gated(1));
  f.beat(5);
  CHECK(f.mesh.all<misbehaved>().empty());
}

TEST_CASE("message cache: with the heartbeats the gater forgets that there was "
          "too much") {
  gater_fixture f;
  f.receive_and_decide(1, f.fresh(), verdict_kind::reject);
  f.overload();
  CHECK(f.gated(1));
  f.beat(15);
  CHECK_FALSE(f.gated(1));
}
