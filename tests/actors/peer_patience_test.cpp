// A peer that does not take what is sent, in virtual time: what it is told of
// later, who hears of it, and when its connection ends.
#include "tests/support/log_lines.hpp"
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

constexpr std::size_t budget = std::size_t{1} << 30;

texts names_of(const texts& messages) {
  texts result;
  for (const auto& text : messages)
    result.emplace_back(peer_fixture::message(text)->id().raw());
  return result;
}

// A peer with streams in both directions, for which two messages may wait.
struct slow_fixture {
  explicit slow_fixture(
      const std::function<void(node_config&)>& change = [](node_config&) {},
      std::size_t max_queued = budget)
      : memory{std::make_shared<node_memory>(max_queued, budget)},
        f{[&](node_config& c) {
            c.send_queue_messages = 2;
            change(c);
          },
          [this](node_context& ctx) {
            log.into()(ctx);
            ctx.memory = memory;
            ctx.trace = sink;
          }} {
    std::tie(far, stream) = f.join();
  }

  // It reads nothing until so many messages are dropped, which are returned.
  texts fall_behind(std::size_t count) {
    far->mute = true;
    texts missed;
    while (missed.size() < count) {
      REQUIRE(last_ < 1'000);
      const auto before = dropped();
      const auto text = std::to_string(++last_) + std::string(60'000, 'x');
      f.publish({text});
      if (dropped() > before)
        missed.push_back(text);
    }
    return missed;
  }

  void read_on() {
    far->mute = false;
    f.run();
  }

  std::uint64_t dropped() const { return memory->dropped.load(); }
  heard_rpcs heard() const { return far->heard(far->opened().at(0)); }

  log_lines log;
  std::shared_ptr<node_memory> memory;
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
  peer_fixture f;
  far_end* far = nullptr;
  libp2p::stream_id stream{};

private:
  int last_ = 0;
};

} // namespace

// -- what was dropped ---------------------------------------------------------

TEST_CASE("peer: what was dropped is told by IHAVE once it has read the rest, "
          "at once") {
  slow_fixture s;
  // There was nothing to tell of what came through just before.
  s.f.publish({"before"});
  const auto missed = s.fall_behind(3);
  CHECK(s.heard().ihave.empty());
  s.f.advance(1s);
  s.read_on();
  CHECK(s.heard().ihave == names_of(missed));
  // Once.
  s.f.publish({"after"});
  s.f.advance(5s);
  CHECK(s.heard().ihave == names_of(missed));
}

TEST_CASE("peer: of what was dropped is told as long as it can be asked for") {
  const auto [pause, told] =
      GENERATE(table<std::chrono::milliseconds, std::size_t>(
          {{3'900ms, 1}, {4'100ms, 0}}));
  slow_fixture s;
  s.fall_behind(1);
  s.f.advance(pause);
  s.read_on();
  CHECK(s.heard().ihave.size() == told);
}

TEST_CASE("peer: of what was dropped one is not told that gets no gossip") {
  slow_fixture s;
  s.f.tell_peer(set_standing{.without_gossip = true});
  s.fall_behind(1);
  s.read_on();
  s.f.advance(2s);
  CHECK(s.heard().ihave.empty());
}

TEST_CASE("peer: of what was dropped it is told at most twice a heartbeat, "
          "later within one") {
  slow_fixture s;
  auto missed = s.fall_behind(1);
  s.read_on();
  REQUIRE(s.heard().ihave == names_of(missed));
  s.f.advance(400ms);
  const auto again = s.fall_behind(1);
  s.read_on();
  CHECK(s.heard().ihave == names_of(missed));
  missed.insert(missed.end(), again.begin(), again.end());
  s.f.advance(700ms);
  CHECK(s.heard().ihave == names_of(missed));
  s.f.advance(600ms);
  const auto third = s.fall_behind(1);
  s.read_on();
  missed.insert(missed.end(), third.begin(), third.end());
  CHECK(s.heard().ihave == names_of(missed));
}

TEST_CASE("peer: a burst is nobody's fault, who is behind for longer reads "
          "slowly") {
  slow_fixture s;
  s.f.advance(10s);
  s.f.publish(texts(20, "all at once"));
  CHECK(s.dropped() == 18);
  s.f.advance(2s);
  s.fall_behind(3);
  s.f.advance(4'900ms);
  s.fall_behind(2);
  CHECK(s.f.mesh.all<reads_slowly>().empty());
  s.f.advance(200ms);
  s.fall_behind(1);
  s.f.publish({"x", "y"});
  const auto& told = s.f.mesh.all<reads_slowly>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].peer == peer_fixture::id());
  CHECK(told[0].dropped == 1);
  CHECK(told[1].dropped == 2);
  CHECK(s.dropped() == 18 + 8);
  // It has read all: then it is another burst.
  s.read_on();
  s.fall_behind(1);
  CHECK(told.size() == 2);
}

TEST_CASE("peer: that messages were dropped is logged with their number when "
          "it is over, for an operator not too often") {
  slow_fixture s;
  s.fall_behind(2);
  s.f.publish({"one more"});
  CHECK(s.log.count("too much waits") == 1);
  CHECK(s.log.count("messages were dropped") == 0);
  s.read_on();
  CHECK(s.log.count("messages were dropped, as too much waited count=3", "info")
        == 1);
  s.f.advance(9s);
  s.fall_behind(1);
  s.read_on();
  CHECK(
      s.log.count("messages were dropped, as too much waited count=1", "debug")
      == 1);
  s.f.advance(2s);
  s.fall_behind(1);
  s.read_on();
  CHECK(s.log.count("messages were dropped, as too much waited count=1", "info")
        == 1);
  CHECK(s.log.count("messages were dropped") == 3);
}

TEST_CASE("peer: what is shed as the node's budget is used up counts and is "
          "told as dropped") {
  slow_fixture s{[](node_config& c) { c.send_queue_messages = 4096; }, 1'000};
  // Others use it up.
  s.memory->queued.add(1'000);
  s.far->mute = true;
  texts all;
  for (int i = 0; i < 30; ++i)
    all.push_back(std::to_string(i) + std::string(40'000, 'x'));
  s.f.publish(all);
  CHECK(s.dropped() > 10);
  const auto at_once = s.dropped();
  CHECK(s.sink->of<gossip::trace::rpc_dropped>().size() == at_once);
  // Its share stays.
  CHECK(s.memory->queued.used() > 200'000);
  s.read_on();
  CHECK(s.heard().messages.size() == all.size() - at_once);
  CHECK(s.heard().ihave.size() == at_once);
  CHECK(s.memory->queued.used() == 1'000);
}

TEST_CASE("peer: of one that is lost nothing of this is kept") {
  slow_fixture s;
  s.fall_behind(2);
  s.f.advance(500ms);
  s.far->fd = {};
  s.far->closed = true;
  s.f.run();
  REQUIRE(s.f.keeper.all<peer_lost>().size() == 1);
  CHECK(s.log.count("messages were dropped") == 1);
  CHECK(s.memory->queued.used() == 0);
  std::tie(s.far, s.stream) = s.f.join();
  s.f.publish({"new"});
  const auto missed = s.fall_behind(1);
  s.read_on();
  REQUIRE_FALSE(s.heard().messages.empty());
  CHECK(s.heard().messages.front() == "new");
  CHECK(s.heard().ihave == names_of(missed));
}

TEST_CASE("peer: of one that is given up while it is behind the number is "
          "logged") {
  slow_fixture s;
  s.fall_behind(2);
  proto::control grafts;
  for (int i = 0; i < 1'100; ++i)
    grafts.grafts.push_back(std::to_string(i) + std::string(1'000, 't'));
  s.f.tell_peer(
      send_control{nullptr, std::make_shared<const proto::control>(grafts)});
  REQUIRE(s.far->conn.expired());
  CHECK(s.log.count("messages were dropped, as too much waited count=2") == 1);
  CHECK(s.memory->queued.used() == 0);
}

// -- who takes nothing --------------------------------------------------------

namespace {

// As much as no socket takes at once.
const std::string much(900'000, 'x');

void cut_after_three_seconds(node_config& c) {
  c.session.write_timeout = 3s;
}

// What the kernel holds for a connection.
void set_buffer(const far_end& far, int size) {
  const auto conn = far.conn.lock();
  REQUIRE(::setsockopt(conn->fd(), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size))
          == 0);
}

} // namespace

TEST_CASE("peer: a connection that takes nothing for long ends, in a third of "
          "the time when the node's budget is short") {
  slow_fixture s{cut_after_three_seconds};
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
  slow_fixture s{cut_after_three_seconds};
  s.far->mute = true;
  s.f.publish({much});
  s.f.advance(1'200ms);
  s.memory->queued.add(budget * 3 / 4);
  s.f.advance(900ms);
  CHECK(s.far->conn.expired());
}

TEST_CASE("peer: a connection that reads slowly is kept") {
  slow_fixture s{cut_after_three_seconds};
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
  slow_fixture s{cut_after_three_seconds};
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
  slow_fixture s{cut_after_three_seconds};
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
  slow_fixture s{cut_after_three_seconds};
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
  slow_fixture s{cut_after_three_seconds};
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

// -- RPCs that are not finished -----------------------------------------------

namespace {

void finish_in_six_seconds(node_config& c) {
  c.rpc_timeout = 6s;
}

// A peer that has begun an RPC.
struct owing_fixture : slow_fixture {
  explicit owing_fixture(std::size_t size, std::size_t sent)
      : slow_fixture{finish_in_six_seconds}, whole{peer_fixture::message(
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
    s.memory->queued.add(budget);
    s.check_given_up(6s, 3);
  }
  SECTION("a sixth when half is used") {
    owing_fixture s{50'000, 30'000};
    s.memory->unfinished.add(budget * 3 / 4);
    s.check_given_up(1s, 1);
  }
  SECTION("a sixth of a small one when all is used") {
    owing_fixture s{50'000, 30'000};
    s.memory->unfinished.add(budget);
    s.check_given_up(1s, 1);
  }
  SECTION("a thirtieth of a large one when all is used") {
    owing_fixture s{200'000, 100'000};
    s.memory->unfinished.add(budget);
    s.check_given_up(200ms, 1);
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
  slow_fixture s{finish_in_six_seconds};
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
  slow_fixture s{finish_in_six_seconds};
  s.memory->unfinished.add(budget);
  s.far->send(s.stream,
              peer_fixture::message(std::string(900'000, 'x'))->frame());
  s.f.run();
  s.f.advance(500ms);
  CHECK(s.f.received().empty());
  SECTION("there is") {
    s.memory->unfinished.subtract(budget);
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
