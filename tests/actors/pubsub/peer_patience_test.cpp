// A peer that does not take what is sent, in virtual time: when its connection
// ends.
#include "tests/support/slow_peer.hpp"

#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

constexpr auto budget = slow_peer::budget;

// As much as no socket takes at once.
const std::string much(900'000, 'x');

void cut_after_three_seconds(node_config& c) {
  c.session.write_timeout = 3s;
}

// What the kernel holds for a connection.
void set_buffer(const far_end& far, int size) {
  REQUIRE(::setsockopt(far.near_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size))
          == 0);
}

} // namespace

TEST_CASE("peer: a connection that takes nothing for long ends, in a third of "
          "the time when the node's budget is short") {
  slow_peer s{cut_after_three_seconds};
  std::chrono::milliseconds limit = 3s;
  SECTION("as the line may be bad") {}
  SECTION("whatever others have begun to send") {
    s.memory->unfinished.add(budget);
  }
  SECTION("as others need the room") {
    s.memory->queued.add(budget * 3 / 4);
    limit = 1s;
  }
  s.far->mute = true;
  s.f.publish({much});
  s.f.advance(limit - 20ms);
  CHECK_FALSE(s.far->conn.expired());
  s.f.advance(40ms);
  CHECK(s.far->conn.expired());
  REQUIRE(s.f.keeper.all<peer_lost>().size() == 1);
  CHECK(s.f.keeper.all<peer_lost>()[0].reason == "it does not read");
  CHECK(s.f.mesh.all<peer_left>().size() == 1);
}

TEST_CASE("peer: that the node's budget has become short is noticed soon") {
  slow_peer s{cut_after_three_seconds};
  s.far->mute = true;
  s.f.publish({much});
  s.f.advance(1'200ms);
  s.memory->queued.add(budget * 3 / 4);
  s.f.advance(900ms);
  CHECK(s.far->conn.expired());
}

TEST_CASE("peer: a connection that reads slowly is kept") {
  slow_peer s{cut_after_three_seconds};
  set_buffer(*s.far, 1);
  s.far->may_read = 0;
  s.f.publish({much});
  for (int i = 0; i < 3; ++i) {
    s.f.advance(2s);
    CHECK_FALSE(s.far->conn.expired());
    s.far->may_read = std::size_t{160} * 1024;
    s.f.run();
  }
  s.f.advance(2'500ms);
  CHECK_FALSE(s.far->conn.expired());
  s.f.advance(1s);
  CHECK(s.far->conn.expired());
}

TEST_CASE("peer: one whose socket takes all, but whose window stays shut, is "
          "cut like one that does not read") {
  slow_peer s{cut_after_three_seconds};
  auto& other = s.f.connect({.protocols = {}});
  set_buffer(*s.far, 4 * 1024 * 1024);
  s.far->mute = true;
  s.f.publish({std::string(300'000, 'x')});
  REQUIRE_FALSE(s.far->conn.lock()->has_output());
  s.f.advance(2'900ms);
  CHECK_FALSE(s.far->conn.expired());
  s.f.advance(200ms);
  CHECK(s.far->conn.expired());
  CHECK_FALSE(other.closed);
}

TEST_CASE("peer: once the deaf connection is cut, the next one has its time") {
  slow_peer s{cut_after_three_seconds};
  auto& other = s.f.connect();
  s.f.hello.reset();
  s.far->mute = true;
  s.f.publish({much, much, much});
  s.f.advance(3'100ms);
  REQUIRE(s.far->conn.expired());
  REQUIRE(other.opened().size() == 1);
  s.f.advance(1s);
  CHECK_FALSE(other.closed);
}

TEST_CASE("peer: one that lets us open no stream is cut when messages wait for "
          "it for long") {
  peer_fixture f{cut_after_three_seconds};
  auto& far = f.connect({.protocols = {}});
  f.open(far);
  f.publish({"waits"});
  f.advance(2'900ms);
  CHECK_FALSE(far.closed);
  f.advance(200ms);
  CHECK(far.closed);
}

TEST_CASE("peer: a connection ends that takes nothing though it has no stream "
          "of ours, the other one stays") {
  slow_peer s{cut_after_three_seconds};
  auto& other = s.f.connect({.protocols = {}});
  set_buffer(other, 1);
  other.may_read = 0;
  for (int i = 0; i < 40; ++i)
    REQUIRE(other.session.open_stream({"/ipfs/id/1.0.0"}, s.f.now()));
  s.f.run();
  REQUIRE(other.conn.lock()->has_output());
  s.f.advance(2'900ms);
  CHECK_FALSE(other.conn.expired());
  s.f.advance(200ms);
  CHECK(other.conn.expired());
  s.f.publish({"a"});
  CHECK(s.heard().messages == texts{"a"});
}

TEST_CASE("peer: one that we do not read is not blamed for what it does not "
          "take") {
  slow_peer s{cut_after_three_seconds};
  for (int i = 0; i < 2048; ++i)
    s.far->send(s.stream, peer_fixture::message(std::to_string(i))->frame());
  s.f.run();
  REQUIRE(s.f.received().size() == 2048);
  s.far->may_read = 0;
  s.f.publish({much});
  s.f.advance(6s);
  CHECK_FALSE(s.far->conn.expired());
  s.f.tell_peer(return_credit{2048, 1'000'000});
  s.f.advance(2'900ms);
  CHECK_FALSE(s.far->conn.expired());
  s.f.advance(200ms);
  CHECK(s.far->conn.expired());
}
