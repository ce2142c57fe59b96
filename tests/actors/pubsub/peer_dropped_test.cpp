// A peer for which messages are dropped, in virtual time: what it is told of
// later, and who hears of it.
#include "tests/support/slow_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

texts names_of(const texts& messages) {
  texts result;
  for (const auto& text : messages)
    result.emplace_back(peer_fixture::message(text)->id().raw());
  return result;
}

} // namespace

TEST_CASE("peer: what was dropped is told by IHAVE once it has read the rest, "
          "at once") {
  slow_peer s;
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
  slow_peer s;
  s.fall_behind(1);
  s.f.advance(pause);
  s.read_on();
  CHECK(s.heard().ihave.size() == told);
}

TEST_CASE("peer: of what was dropped one is not told that gets no gossip") {
  slow_peer s;
  s.f.tell_peer(set_standing{.without_gossip = true});
  s.fall_behind(1);
  s.read_on();
  s.f.advance(2s);
  CHECK(s.heard().ihave.empty());
}

TEST_CASE("peer: of what was dropped it is told at most twice a heartbeat, "
          "later within one") {
  slow_peer s;
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
  slow_peer s;
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
  slow_peer s;
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
  slow_peer s{[](node_config& c) { c.send_queue_messages = 4096; }, 1'000};
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
  slow_peer s;
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
  slow_peer s;
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
