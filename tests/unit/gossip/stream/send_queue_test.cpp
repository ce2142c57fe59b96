#include "gossip/stream/send_queue.hpp"
#include "proto/varint.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

using ids = std::vector<std::string>;

proto::rpc decoded(const shared_bytes& frame) {
  REQUIRE(frame);
  const auto length = read_varint(*frame);
  REQUIRE(length.value == frame->size() - length.size);
  return proto::decode_rpc(bytes_view{*frame}.subspan(length.size), {}).value();
}

/// The next frame's content; `kept` keeps its messages' bytes.
proto::rpc next(send_queue& queue) {
  static std::vector<shared_bytes> kept;
  kept.push_back(queue.next_frame());
  return decoded(kept.back());
}

std::string next_data(send_queue& queue) {
  const auto rpc = next(queue);
  REQUIRE(rpc.messages.size() == 1);
  return to_string(*rpc.messages[0].data);
}

ids numbered(std::size_t count) {
  ids list;
  for (std::size_t i = 0; i < count; ++i)
    list.push_back("message " + std::to_string(i));
  return list;
}

} // namespace

TEST_CASE("send_queue: empty", "[gossip][send_queue]") {
  send_queue queue;
  CHECK(queue.empty());
  CHECK(queue.next_frame() == nullptr);
  CHECK(queue.bytes_waiting() == 0);
}

TEST_CASE("send_queue: lanes go out in their order", "[gossip][send_queue]") {
  send_queue queue;
  queue.push_iwant(ids{"want"});
  queue.push_ihave("topic", ids{"have"});
  queue.push_answer(message_named("a", "t", "answer"));
  queue.push_message(message_named("p", "t", "payload"));
  queue.push_graft("topic");
  queue.push_idontwant(ids{"dont"});
  queue.push_subscription({"topic", true, false, false});
  CHECK_FALSE(queue.empty());
  const auto control = next(queue);
  CHECK(control.subscriptions.size() == 1);
  CHECK(control.control.grafts == ids{"topic"});
  CHECK(control.control.idontwant == ids{"dont"});
  CHECK(control.control.iwant.empty());
  CHECK(next_data(queue) == "payload");
  // Before answers, which may be many MiB: it would come too late behind them.
  const auto gossip = next(queue);
  CHECK(gossip.control.ihaves.at(0).ids == ids{"have"});
  CHECK(gossip.control.iwant == ids{"want"});
  CHECK(next_data(queue) == "answer");
  CHECK(queue.empty());
  CHECK(queue.next_frame() == nullptr);
  CHECK(queue.bytes_waiting() == 0);
}

TEST_CASE("send_queue: control overtakes payload and gossip that wait",
          "[gossip][send_queue]") {
  send_queue queue;
  queue.push_ihave("topic", numbered(2000));
  queue.next_frame(); // the first of several
  REQUIRE_FALSE(queue.empty());
  queue.push_message(message_named("1", "t", "payload"));
  queue.push_graft("topic");
  CHECK(next(queue).control.grafts.size() == 1);
  CHECK(next_data(queue) == "payload");
  CHECK_FALSE(next(queue).control.ihaves.empty());
}

TEST_CASE("send_queue: a message's frame is shared", "[gossip][send_queue]") {
  send_queue one;
  send_queue two;
  const auto msg = message_named("id");
  one.push_message(msg);
  two.push_answer(message_ptr{msg});
  CHECK(one.next_frame().get() == &msg->frame());
  CHECK(two.next_frame().get() == &msg->frame());
}

TEST_CASE("send_queue: the hello", "[gossip][send_queue]") {
  send_queue queue;
  for (const auto& topic : numbered(250))
    queue.push_subscription({topic, true, false, false});
  queue.push_extensions({false, true});
  const auto first = next(queue);
  CHECK(first.control.ext.value().test_extension);
  CHECK(first.subscriptions.size() == proto::subscriptions_per_frame);
  CHECK(next(queue).subscriptions.size() == 100);
  CHECK(next(queue).subscriptions.size() == 50);
  CHECK(queue.empty());
}

TEST_CASE("send_queue: extensions overtake what an earlier stream left",
          "[gossip][send_queue]") {
  send_queue queue;
  for (const auto& topic : numbered(250))
    queue.push_subscription({topic, true, false, false});
  queue.push_message(message_named("1", "t", "payload"));
  queue.next_frame(); // the first of three; then the stream was lost
  queue.push_extensions({true, false});
  queue.push_subscription({"hello", true, false, false});
  CHECK(next(queue).control.ext.value().partial_messages);
  std::size_t subscriptions = 0;
  for (int i = 0; i < 3; ++i) {
    const auto rpc = next(queue);
    CHECK_FALSE(rpc.control.ext);
    subscriptions += rpc.subscriptions.size();
  }
  CHECK(subscriptions == 151);
  CHECK(next_data(queue) == "payload");
}

TEST_CASE("send_queue: the latest of a topic counts", "[gossip][send_queue]") {
  send_queue queue;
  queue.push_subscription({"a", true, false, false});
  queue.push_subscription({"b", true, false, false});
  queue.push_subscription({"a", false, false, false});
  queue.push_graft("a");
  queue.push_prune({"b", {}, {}});
  queue.push_prune({"a", {{"peer", "record"}}, std::chrono::seconds{10}});
  queue.push_graft("b");
  CHECK(queue.size(lane::control).items == 4);
  const auto rpc = next(queue);
  REQUIRE(rpc.subscriptions.size() == 2);
  CHECK_FALSE(rpc.subscriptions[0].subscribe);
  CHECK(rpc.subscriptions[1].subscribe);
  CHECK(rpc.control.grafts == ids{"b"});
  REQUIRE(rpc.control.prunes.size() == 1);
  CHECK(rpc.control.prunes[0].topic == "a");
  CHECK(rpc.control.prunes[0].peers.size() == 1);
  CHECK(queue.empty());
  // Sent is sent: the next one goes out again.
  queue.push_graft("a");
  CHECK(next(queue).control.grafts == ids{"a"});
}

TEST_CASE("send_queue: the control lane's bound", "[gossip][send_queue]") {
  send_queue_options options;
  options.control_bytes = 1000;
  send_queue queue{options};
  int queued = 0;
  while (queue.push_subscription({std::string(42, 's') + std::to_string(queued),
                                  true, false, false})
         == push_result::queued)
    ++queued;
  CHECK(queued > 10);
  CHECK(queue.dropped(lane::control) == 1);
  CHECK(queue.size(lane::control).bytes <= 1000);
  // What replaces something needs no room.
  CHECK(
      queue.push_subscription({std::string(42, 's') + "0", false, false, false})
      == push_result::queued);
  CHECK(queue.push_graft(std::string(50, 'g')) == push_result::full);
  // Nor does it block messages.
  CHECK(queue.push_message(message_named("id")) == push_result::queued);
  while (queue.next_frame())
    continue;
  CHECK(queue.push_graft(std::string(50, 'g')) == push_result::queued);
}

TEST_CASE("send_queue: a PRUNE that outgrows the lane leaves the GRAFT",
          "[gossip][send_queue]") {
  send_queue_options options;
  options.control_bytes = 100;
  send_queue queue{options};
  queue.push_graft("t");
  CHECK(queue.push_prune({"t", {{"peer", std::string(200, 'r')}}, {}})
        == push_result::full);
  CHECK(next(queue).control.grafts == ids{"t"});
}

TEST_CASE("send_queue: full lanes drop the newest message",
          "[gossip][send_queue]") {
  const auto size = message_named("0", "t", "0")->frame().size();
  send_queue_options options;
  SECTION("by count") {
    options.payload_messages = options.answer_messages = 2;
  }
  SECTION("by bytes") {
    options.payload_bytes = options.answer_bytes = 2 * size;
  }
  send_queue queue{options};
  for (const std::string name : {"0", "1", "2"}) {
    const auto expected = name == "2" ? push_result::full : push_result::queued;
    CHECK(queue.push_message(message_named(name, "t", name)) == expected);
    CHECK(queue.push_answer(message_named(name, "t", name)) == expected);
  }
  CHECK(queue.dropped(lane::payload) == 1);
  CHECK(queue.dropped(lane::answer) == 1);
  CHECK(queue.size(lane::payload).items == 2);
  CHECK(queue.size(lane::payload).bytes == 2 * size);
  // Whoever offered it may still say what was lost.
  auto msg = message_named("3");
  CHECK(queue.push_message(std::move(msg)) == push_result::full);
  CHECK(msg != nullptr); // NOLINT(bugprone-use-after-move)
  for (const auto* data : {"0", "1", "0", "1"})
    CHECK(next_data(queue) == data);
  CHECK(queue.empty());
}

TEST_CASE("send_queue: a message larger than the peer takes",
          "[gossip][send_queue]") {
  const auto msg = message_named("id", "t", std::string(1000, 'x'));
  const auto length = read_varint(msg->frame());
  send_queue_options options;
  options.max_rpc_size = length.value;
  CHECK(send_queue{options}.push_message(msg) == push_result::queued);
  options.max_rpc_size = length.value - 1;
  send_queue queue{options};
  CHECK(queue.push_message(msg) == push_result::too_large);
  CHECK(queue.push_answer(message_ptr{msg}) == push_result::too_large);
  CHECK(queue.empty());
  CHECK(queue.dropped(lane::payload) == 1);
}

TEST_CASE("send_queue: IDONTWANT cancels what waits", "[gossip][send_queue]") {
  send_queue queue;
  for (const auto* name : {"a", "b", "c"})
    queue.push_message(message_named(name, "t", name));
  queue.push_answer(message_named("b", "t", "b"));
  const std::vector<message_id> unwanted{message_id{"b"}, message_id{"x"}};
  CHECK(queue.cancel(unwanted) == 2);
  CHECK(queue.cancel(unwanted) == 0);
  CHECK(queue.size(lane::answer).bytes == 0);
  CHECK(next_data(queue) == "a");
  CHECK(next_data(queue) == "c");
  CHECK(queue.empty());
  CHECK(queue.size(lane::payload).bytes == 0);
}

TEST_CASE("send_queue: lanes of ids take what fits", "[gossip][send_queue]") {
  send_queue_options options;
  options.gossip_ids = 10;
  options.idontwant_ids = 5;
  send_queue queue{options};
  CHECK(queue.push_ihave("a", numbered(4)) == push_result::queued);
  CHECK(queue.push_iwant(numbered(3)) == push_result::queued);
  CHECK(queue.push_ihave("a", numbered(5)) == push_result::full);
  CHECK(queue.push_ihave("b", numbered(1)) == push_result::full);
  CHECK(queue.push_iwant(numbered(1)) == push_result::full);
  CHECK(queue.push_idontwant(numbered(7)) == push_result::full);
  CHECK(queue.size(lane::gossip).items == 10);
  CHECK(queue.dropped(lane::gossip) == 4);
  CHECK(queue.dropped(lane::idontwant) == 2);
  CHECK(next(queue).control.idontwant == numbered(5));
  const auto gossip = next(queue);
  REQUIRE(gossip.control.ihaves.size() == 1);
  CHECK(gossip.control.ihaves[0].ids.size() == 7);
  CHECK(gossip.control.iwant.size() == 3);
  CHECK(queue.empty());
}

TEST_CASE("send_queue: IHAVE that others are told, too, is shared, all of it "
          "or none",
          "[gossip][send_queue]") {
  send_queue_options options;
  options.gossip_ids = 10;
  send_queue queue{options};
  const ihave_frames shared{
      {std::make_shared<const bytes>(3), std::make_shared<const bytes>(4)},
      6,
      1};
  CHECK(queue.push_iwant(numbered(2)) == push_result::queued);
  CHECK(queue.push_ihaves(shared) == push_result::queued);
  CHECK(queue.push_ihaves(shared) == push_result::full);
  CHECK(queue.size(lane::gossip).items == 8);
  CHECK(queue.bytes_waiting() > 7);
  // What is too large for any frame.
  CHECK(queue.dropped(lane::gossip) == 1);
  CHECK(queue.next_frame() == shared.frames[0]);
  CHECK(queue.push_ihaves(shared) == push_result::full);
  CHECK(queue.next_frame() == shared.frames[1]);
  CHECK(next(queue).control.iwant.size() == 2);
  CHECK(queue.empty());
  CHECK(queue.bytes_waiting() == 0);
  CHECK(queue.push_ihaves(shared) == push_result::queued);
  CHECK_FALSE(queue.empty());
  queue.clear();
  CHECK(queue.empty());
  CHECK(queue.bytes_waiting() == 0);
  queue.set_gossipsub(false);
  CHECK(queue.push_ihaves(shared) == push_result::unwanted);
}

TEST_CASE("send_queue: gossip is split into frames that all take",
          "[gossip][send_queue]") {
  send_queue queue;
  queue.push_iwant(numbered(5000));
  std::size_t received = 0;
  while (const auto frame = queue.next_frame()) {
    CHECK(frame->size() <= proto::control_frame_size);
    received += decoded(frame).control.iwant.size();
  }
  CHECK(received == 5000);
}

TEST_CASE("send_queue: a floodsub peer gets no control",
          "[gossip][send_queue]") {
  send_queue queue;
  queue.set_gossipsub(false);
  CHECK(queue.push_extensions({}) == push_result::unwanted);
  CHECK(queue.push_graft("t") == push_result::unwanted);
  CHECK(queue.push_prune({}) == push_result::unwanted);
  CHECK(queue.push_ihave("t", ids{"a"}) == push_result::unwanted);
  CHECK(queue.push_iwant(ids{"a"}) == push_result::unwanted);
  CHECK(queue.push_idontwant(ids{"a"}) == push_result::unwanted);
  CHECK(queue.empty());
  CHECK(queue.push_subscription({"t", true, false, false})
        == push_result::queued);
  CHECK(queue.push_message(message_named("id")) == push_result::queued);
  CHECK(next(queue).subscriptions.size() == 1);
  CHECK(next(queue).messages.size() == 1);
}
