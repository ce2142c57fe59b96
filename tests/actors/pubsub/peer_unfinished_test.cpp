// A peer that does not finish an RPC, in virtual time: when its stream is
// reset, and when it is not to blame.
#include "tests/support/slow_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

void finish_in_six_seconds(node_config& c) {
  c.rpc_timeout = 6s;
  c.max_rpc_size = 8 << 20;
}

// A peer that has begun an RPC.
struct owing_fixture : slow_peer {
  explicit owing_fixture(std::size_t size, std::size_t sent)
      : slow_peer{finish_in_six_seconds}, whole{peer_fixture::message(
                                              std::string(size, 'x'))} {
    far->send(stream, bytes_view{whole->frame()}.first(sent));
    f.run();
  }

  void finish(std::size_t sent) {
    far->send(stream, bytes_view{whole->frame()}.subspan(sent));
    f.run();
  }

  // The stream is reset when so much time is over, and `count` is told.
  void check_given_up(std::chrono::milliseconds limit, double count) {
    f.advance(limit - 20ms);
    CHECK_FALSE(far->was_reset(stream));
    CHECK(f.mesh.all<misbehaved>().empty());
    f.advance(40ms);
    CHECK(far->was_reset(stream));
    f.advance(1s);
    const auto& told = f.mesh.all<misbehaved>();
    REQUIRE(told.size() == 1);
    CHECK(told[0].peer == peer_fixture::id());
    CHECK(told[0].count == count);
    CHECK_FALSE(far->closed);
  }

  gossip::message_ptr whole;
};

} // namespace

TEST_CASE("peer: a stream whose RPC is not finished in time is reset, sooner "
          "when the node's budget is short") {
  SECTION("its full time") {
    owing_fixture s{50'000, 30'000};
    s.check_given_up(6s, 3);
  }
  SECTION("its full time, whatever waits to be sent") {
    owing_fixture s{50'000, 30'000};
    s.memory->queued.add(slow_peer::budget);
    s.check_given_up(6s, 3);
  }
  SECTION("a sixth when half is used") {
    owing_fixture s{50'000, 30'000};
    s.memory->unfinished.add(slow_peer::budget * 3 / 4);
    s.check_given_up(1s, 1);
  }
  SECTION("a sixth of a small one when all is used") {
    owing_fixture s{50'000, 30'000};
    s.memory->unfinished.add(slow_peer::budget);
    s.check_given_up(1s, 1);
  }
  SECTION("a thirtieth of a large one when all is used") {
    owing_fixture s{200'000, 100'000};
    s.memory->unfinished.add(slow_peer::budget);
    s.check_given_up(200ms, 1);
  }
  SECTION("and what is beyond 1 MiB takes at 4 MiB/s") {
    owing_fixture s{3 << 20, 100'000};
    s.memory->unfinished.add(slow_peer::budget);
    s.check_given_up(700ms, 1);
  }
}

TEST_CASE("peer: one whose RPC is finished in time is not blamed") {
  owing_fixture s{50'000, 30'000};
  s.f.advance(5'900ms);
  s.finish(30'000);
  s.f.advance(1s);
  CHECK(s.f.received().size() == 1);
  CHECK_FALSE(s.far->was_reset(s.stream));
  CHECK(s.f.mesh.all<misbehaved>().empty());
}

TEST_CASE("peer: the time in which we do not read is not taken from an RPC") {
  slow_peer s{finish_in_six_seconds};
  const auto whole = peer_fixture::message(std::string(50'000, 'x'));
  for (int i = 0; i < 2048; ++i)
    s.far->send(s.stream, peer_fixture::message(std::to_string(i))->frame());
  s.far->send(s.stream, bytes_view{whole->frame()}.first(30'000));
  s.f.run();
  s.f.advance(10s);
  CHECK_FALSE(s.far->was_reset(s.stream));
  s.far->send(s.stream, bytes_view{whole->frame()}.subspan(30'000));
  s.f.tell_peer(return_credit{2048, 1'000'000});
  CHECK(s.f.received().size() == 2049);
}

TEST_CASE("peer: a large RPC that finds no room is not read on, and goes on "
          "soon after there is some") {
  slow_peer s{finish_in_six_seconds};
  s.memory->unfinished.add(slow_peer::budget);
  s.far->send(s.stream,
              peer_fixture::message(std::string(900'000, 'x'))->frame());
  s.f.run();
  s.f.advance(500ms);
  CHECK(s.f.received().empty());
  SECTION("there is") {
    s.memory->unfinished.subtract(slow_peer::budget);
    s.f.advance(110ms);
    CHECK(s.f.received().size() == 1);
  }
  SECTION("there is none: it is given up like a small one") {
    s.f.advance(480ms);
    CHECK_FALSE(s.far->was_reset(s.stream));
    s.f.advance(100ms);
    CHECK(s.far->was_reset(s.stream));
    CHECK(s.f.mesh.all<misbehaved>().size() == 1);
    // Others of its streams are read on.
    s.far->send(s.f.open(*s.far), peer_fixture::message("small")->frame());
    s.f.run();
    CHECK(s.f.received() == texts{"small"});
  }
}

TEST_CASE("peer: a large RPC of one that is graylisted is not waited for, a "
          "small one is") {
  const auto [sent, given_up] =
      GENERATE(table<std::size_t, bool>({{60'000, false}, {70'000, true}}));
  owing_fixture s{200'000, sent};
  CHECK_FALSE(s.far->was_reset(s.stream));
  s.f.tell_peer(set_standing{.graylisted = true});
  const auto other = s.f.open(*s.far);
  CHECK(s.far->was_reset(s.stream) == given_up);
  CHECK_FALSE(s.far->was_reset(other));
  // Nor is that misbehaviour.
  s.f.advance(1s);
  CHECK(s.f.mesh.all<misbehaved>().empty());
}
