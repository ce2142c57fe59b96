// The lane of partial messages.
#include "gossip/stream/send_queue.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

shared_bytes frame_of(std::size_t size) {
  return std::make_shared<const bytes>(size);
}

} // namespace

TEST_CASE("send_queue: partial messages go behind full ones, first in first "
          "out",
          "[gossip][send_queue]") {
  send_queue queue;
  const auto first = frame_of(10);
  const auto second = frame_of(5);
  queue.push_answer(message_named("a", "t", "answer"));
  CHECK(queue.push_partial(first) == push_result::queued);
  CHECK(queue.push_partial(second) == push_result::queued);
  queue.push_message(message_named("p", "t", "payload"));
  CHECK(queue.size(lane::partial).items == 2);
  CHECK(queue.size(lane::partial).bytes == 15);
  queue.next_frame();
  // The frame that all its receivers share.
  CHECK(queue.next_frame() == first);
  CHECK(queue.next_frame() == second);
  CHECK(queue.size(lane::partial).bytes == 0);
  CHECK_FALSE(queue.empty());
  queue.next_frame();
  CHECK(queue.empty());
}

TEST_CASE("send_queue: the bounds of partial messages",
          "[gossip][send_queue]") {
  send_queue_options options;
  SECTION("frames") {
    options.partial_frames = 2;
  }
  SECTION("bytes") {
    options.partial_bytes = 25;
  }
  send_queue queue{options};
  CHECK(queue.push_partial(frame_of(10)) == push_result::queued);
  CHECK(queue.push_partial(frame_of(10)) == push_result::queued);
  CHECK(queue.push_partial(frame_of(10)) == push_result::full);
  CHECK(queue.dropped(lane::partial) == 1);
  queue.next_frame();
  CHECK(queue.push_partial(frame_of(10)) == push_result::queued);
}

TEST_CASE("send_queue: a partial message larger than the peer takes",
          "[gossip][send_queue]") {
  send_queue_options options;
  options.max_rpc_size = 100;
  send_queue queue{options};
  CHECK(queue.push_partial(frame_of(101)) == push_result::too_large);
  CHECK(queue.dropped(lane::partial) == 1);
  CHECK(queue.empty());
}

TEST_CASE("send_queue: a floodsub peer gets no partial messages",
          "[gossip][send_queue]") {
  send_queue queue;
  queue.set_gossipsub(false);
  CHECK(queue.push_partial(frame_of(1)) == push_result::unwanted);
  CHECK(queue.empty());
}
