#include "gossip/stream/message_lane.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

constexpr std::size_t kib = 1024;

message_ptr sized(const std::string& name, std::size_t size = 100) {
  return message_named(name, "t", std::string(size, 'x'));
}

/// A run of messages with these names.
run_ptr run_of(const std::vector<std::string>& names, std::size_t size = 100) {
  std::vector<message_ptr> msgs;
  for (const auto& name : names)
    msgs.push_back(sized(name, size));
  return std::make_shared<const message_run>(std::move(msgs));
}

std::size_t frame_size(std::size_t size = 100) {
  return sized("a", size)->frame().size();
}

std::vector<message_id> ids(const std::vector<std::string>& names) {
  std::vector<message_id> result;
  for (const auto& name : names)
    result.emplace_back(std::string{name});
  return result;
}

/// Bytes of all that goes out, one pop after the other.
std::vector<std::size_t> sizes(message_lane& lane) {
  std::vector<std::size_t> result;
  while (!lane.empty())
    result.push_back(lane.pop()->size());
  return result;
}

struct lane_fixture {
  byte_budget budget{1024 * kib};
  message_lane lane{{1000, 10 * 1024 * kib, &budget}};
};

} // namespace

TEST_CASE("message lane: messages and runs in the order in which they came",
          "[gossip][message_lane]") {
  message_lane lane{{100, 100 * kib}};
  CHECK(lane.push(sized("a")));
  CHECK(lane.push(run_of({"b", "c"})));
  CHECK(lane.push(sized("d")));
  CHECK(lane.count() == 4);
  CHECK(lane.bytes() == 4 * frame_size());
  CHECK(sizes(lane)
        == std::vector{frame_size(), 2 * frame_size(), frame_size()});
  CHECK(lane.count() == 0);
  CHECK(lane.bytes() == 0);
}

TEST_CASE("message lane: a run has room as a whole, or not at all",
          "[gossip][message_lane]") {
  SECTION("by its messages") {
    message_lane lane{{3, 100 * kib}};
    CHECK(lane.push(sized("a")));
    CHECK_FALSE(lane.push(run_of({"b", "c", "d"})));
    CHECK(lane.push(run_of({"b", "c"})));
    CHECK_FALSE(lane.push(sized("d")));
  }
  SECTION("by its bytes") {
    message_lane lane{{100, 3 * frame_size()}};
    CHECK(lane.push(sized("a")));
    CHECK_FALSE(lane.push(run_of({"b", "c", "d"})));
    CHECK(lane.push(run_of({"b", "c"})));
    CHECK_FALSE(lane.push(sized("d")));
  }
}

TEST_CASE("message lane: of a run single messages can be cancelled",
          "[gossip][message_lane]") {
  lane_fixture f;
  f.lane.push(sized("a"));
  f.lane.push(run_of({"b", "c", "d"}));
  f.lane.push(run_of({"e", "f"}));
  const bool charged = GENERATE(false, true);
  if (charged)
    f.lane.charge();
  CHECK(f.lane.cancel(ids({"a", "c", "nobody's"})) == 2);
  CHECK(f.lane.count() == 4);
  CHECK(f.lane.bytes() == 4 * frame_size());
  // What is left of the split one, singly, and the other run twice.
  CHECK(f.budget.used() == (charged ? (2 + 2 * 2) * frame_size() : 0));
  CHECK(sizes(f.lane)
        == std::vector{frame_size(), frame_size(), 2 * frame_size()});
  CHECK(f.budget.used() == 0);
}

TEST_CASE(
    "message lane: a run is counted once for all peers, with the messages "
    "that it keeps",
    "[gossip][message_lane]") {
  lane_fixture f;
  message_lane other{{1000, 10 * 1024 * kib, &f.budget}};
  const auto run = run_of({"a", "b", "c"});
  f.lane.push(run);
  other.push(run);
  f.lane.charge();
  other.charge();
  f.lane.charge();
  CHECK(f.budget.used() == 2 * run->frames().size());
  f.lane.pop();
  CHECK(f.budget.used() == 2 * run->frames().size());
  other.clear();
  CHECK(f.budget.used() == 0);
}

TEST_CASE("message lane: when the node's budget is used up the newest of a run "
          "are dropped, down to the peer's share",
          "[gossip][message_lane]") {
  lane_fixture f;
  f.budget.add(1024 * kib);
  const std::size_t size = 20 * kib;
  f.lane.push(run_of({"a", "b", "c"}, size));
  f.lane.push(run_of({"d", "e", "f", "g", "h", "i", "j", "k", "l", "m"}, size));
  std::vector<std::string> dropped;
  f.lane.shed(
      [&](const message_ptr& msg) { dropped.emplace_back(msg->id().raw()); });
  CHECK(dropped == std::vector<std::string>{"m"});
  CHECK(f.lane.bytes() == 12 * frame_size(size));
  CHECK(f.lane.bytes() <= limits::lane_share_bytes);
}
