#include "actors/rpc_inbox.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

constexpr libp2p::time_point start{1h};

// An inbox with the defaults, and the budget of its peer.
struct inbox_fixture {
  // What becomes of the RPCs in `data`; a test failure if they are malformed.
  std::vector<inbound_rpc> feed(bytes_view data) {
    std::vector<inbound_rpc> rpcs;
    REQUIRE(inbox.feed(data, start, budget, rpcs));
    return rpcs;
  }

  std::vector<inbound_rpc> feed(const proto::control& control) {
    std::vector<bytes> frames;
    proto::encode_frames({}, control, 1024 * 1024, frames);
    REQUIRE(frames.size() == 1);
    return feed(frames[0]);
  }

  rpc_inbox inbox{gossip::limits::rpc_size, gossip::default_message_id};
  gossip::gossip_budget budget{{}, start};
};

} // namespace

TEST_CASE("rpc inbox: a message without a topic is left out") {
  inbox_fixture f;
  proto::message_view msg;
  const bytes data{1, 2, 3};
  msg.data = data;
  bytes frame;
  proto::append_message_header(frame, proto::encoded_size(msg));
  proto::append_message(frame, msg);
  const auto without = f.feed(frame);
  REQUIRE(without.size() == 1);
  CHECK(without[0].msgs.empty());
  msg.topic = "t";
  msg.has_topic = true;
  frame.clear();
  proto::append_message_header(frame, proto::encoded_size(msg));
  proto::append_message(frame, msg);
  const auto with = f.feed(frame);
  REQUIRE(with.size() == 1);
  REQUIRE(with[0].msgs.size() == 1);
  CHECK(with[0].msgs[0].view.topic == "t");
}

TEST_CASE("rpc inbox: IHAVE beyond the budget is left out") {
  inbox_fixture f;
  proto::control have;
  have.ihaves.push_back({"t", {"id"}});
  for (int i = 0; i < 10; ++i)
    CHECK(f.feed(have).at(0).control.ihaves.size() == 1);
  CHECK(f.feed(have).at(0).control.ihaves.empty());
}

TEST_CASE("rpc inbox: IWANT beyond the budget is cut") {
  inbox_fixture f;
  proto::control want;
  want.iwant.assign(1'000, "id");
  std::size_t heeded = 0;
  for (int i = 0; i < 12; ++i)
    heeded += f.feed(want).at(0).iwant.size();
  CHECK(heeded == 10'000);
}
