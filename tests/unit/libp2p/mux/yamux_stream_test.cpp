#include "libp2p/mux/yamux_stream.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace std::chrono_literals;

namespace {

shared_bytes shared(std::size_t size, std::uint8_t fill) {
  return std::make_shared<const bytes>(size, fill);
}

} // namespace

TEST_CASE("a send queue gives views of what was pushed, in order", "[yamux]") {
  yamux_send_queue queue;
  const auto first = shared(10, 1);
  queue.push(first);
  queue.push(nullptr);
  queue.push(shared(0, 0));
  queue.push(shared(5, 2));
  CHECK(queue.size() == 15);

  std::vector<bytes_view> parts;
  std::vector<shared_bytes> kept;
  CHECK(queue.take(12, 100, parts, kept) == 12);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].data() == first->data());
  CHECK(parts[1].size() == 2);
  CHECK(queue.size() == 3);
  CHECK(queue.take(12, 100, parts, kept) == 3);
  CHECK(queue.empty());
}

TEST_CASE("a send queue gives no more pieces than allowed", "[yamux]") {
  yamux_send_queue queue;
  for (int i = 0; i < 100; ++i)
    queue.push(shared(1, 0));
  std::vector<bytes_view> parts;
  std::vector<shared_bytes> kept;
  CHECK(queue.take(1000, 30, parts, kept) == 30);
  CHECK(parts.size() == 30);
  CHECK(queue.size() == 70);
}

TEST_CASE("a send queue that is taken whole hands over what owns the bytes",
          "[yamux]") {
  yamux_send_queue queue;
  std::vector<bytes_view> parts;
  std::vector<shared_bytes> kept;
  // The second time something is kept already.
  for (const auto fill : {std::uint8_t{1}, std::uint8_t{2}}) {
    queue.expect(2);
    queue.push(shared(3, fill));
    queue.push(shared(4, fill));
    CHECK(queue.take(7, 2, parts, kept) == 7);
    CHECK(queue.empty());
  }
  REQUIRE(parts.size() == 4);
  REQUIRE(kept.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(parts[i].data() == kept[i]->data());
    CHECK(parts[i].size() == 3 + i % 2);
    CHECK(parts[i].front() == 1 + i / 2);
  }
}

TEST_CASE("what was taken from a send queue stays alive until it is let go",
          "[yamux]") {
  yamux_send_queue queue;
  auto data = shared(10, 1);
  const std::weak_ptr<const bytes> watched = data;
  queue.push(std::move(data));
  std::vector<bytes_view> parts;
  std::vector<shared_bytes> kept;
  queue.take(4, 100, parts, kept);
  queue.clear();
  CHECK_FALSE(watched.expired());
  kept.clear();
  CHECK(watched.expired());
}

TEST_CASE("a receive window ends at 256 KiB", "[yamux]") {
  yamux_receive_window window;
  CHECK(window.reserve(256 * 1024));
  CHECK(window.reserve(0));
  CHECK_FALSE(window.reserve(1));
}

TEST_CASE("a window update is due when half the window was read", "[yamux]") {
  yamux_receive_window window;
  REQUIRE(window.reserve(200 * 1024));
  window.consume(128 * 1024 - 1);
  CHECK_FALSE(window.update_due());
  window.consume(1);
  CHECK(window.update_due());
  CHECK(window.reopen(time_point{1s}, 0ns, 1 << 20) == 128 * 1024);
  CHECK_FALSE(window.update_due());
  CHECK(window.reserve(184 * 1024));
  CHECK_FALSE(window.reserve(1));
}

TEST_CASE("a window that is emptied within four round trips doubles up to its "
          "limit",
          "[yamux]") {
  yamux_receive_window window;
  const auto drain = [&](time_point at) {
    const auto half = window.size() / 2;
    REQUIRE(window.reserve(half));
    window.consume(half);
    return window.reopen(at, 10ms, 600 * 1024);
  };
  auto now = time_point{1h};
  CHECK(drain(now) == 128 * 1024); // the first shows no rate yet
  CHECK(drain(now += 41ms) == 128 * 1024);
  CHECK(drain(now += 39ms) == 384 * 1024);
  CHECK(window.size() == 512 * 1024);
  drain(now += 1ms);
  CHECK(window.size() == 600 * 1024);
  drain(now += 1ms);
  CHECK(window.size() == 600 * 1024);
}

TEST_CASE("streams take turns, and one may leave from anywhere", "[yamux]") {
  yamux_turns turns;
  yamux_stream a, b, c;
  turns.push(a);
  CHECK(turns.single());
  turns.push(b);
  turns.push(c);
  turns.push(a); // is there already
  turns.remove(b);
  turns.remove(b);
  CHECK(turns.pop() == &a);
  CHECK(turns.pop() == &c);
  CHECK(turns.pop() == nullptr);
  CHECK(turns.empty());
}
