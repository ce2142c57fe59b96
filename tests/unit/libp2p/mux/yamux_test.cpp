#include "tests/unit/libp2p/mux/yamux_end.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

TEST_CASE("a stream opens with its first data and is acknowledged", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = a.mux.open();
  REQUIRE(id == 1u);
  a.write(*id, "hello");
  const auto sent = a.output();
  CHECK(
      headers_of(sent)
      == std::vector<yamux_header>{{yamux_type::data, yamux_flag::syn, 1, 5}});
  b.input(sent);
  CHECK(b.opened == std::vector<stream_id>{1});
  CHECK(b.received[1] == "hello");
  CHECK(headers_of(b.output())
        == std::vector<yamux_header>{
            {yamux_type::window_update, yamux_flag::ack, 1, 0}});
}

TEST_CASE("a stream without data opens with an empty window update",
          "[yamux]") {
  yamux_end b{role::listener};
  const auto id = b.mux.open();
  REQUIRE(id == 2u);
  CHECK(headers_of(b.output())
        == std::vector<yamux_header>{
            {yamux_type::window_update, yamux_flag::syn, 2, 0}});
}

TEST_CASE("an answer that is ready carries the ACK", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  b.input(a.output());
  b.write(id, "yes");
  const auto answer = headers_of(b.output());
  CHECK(
      answer
      == std::vector<yamux_header>{{yamux_type::data, yamux_flag::ack, 1, 3}});
}

TEST_CASE("frames may arrive in chunks of any size", "[yamux]") {
  std::mt19937 random{7};
  for (int round = 0; round < 50; ++round) {
    yamux_end a{role::dialer}, b{role::listener};
    std::map<stream_id, std::string> expected;
    for (int i = 0; i < 5; ++i)
      expected[*a.mux.open()];
    for (int i = 0; i < 40; ++i) {
      const auto id = 1 + 2 * static_cast<stream_id>(random() % 5);
      const std::string text(random() % 700, static_cast<char>('a' + i % 26));
      a.write(id, text);
      expected[id] += text;
    }
    for (const auto& [id, text] : expected)
      a.mux.close(id);
    const auto all = a.output();
    bytes_view rest{all};
    while (!rest.empty()) {
      const auto size = std::min<std::size_t>(
          round == 0 ? 1 : 1 + random() % 300, rest.size());
      b.input(rest.first(size));
      rest = rest.subspan(size);
    }
    CHECK(b.opened.size() == 5);
    CHECK(b.ended.size() == 5);
    for (const auto& [id, text] : expected)
      CHECK(b.received[id] == text);
    CHECK_FALSE(b.failed);
  }
}

TEST_CASE("many small writes leave as one frame of views", "[yamux]") {
  yamux_end a{role::dialer};
  const auto id = *a.mux.open();
  for (int i = 0; i < 100; ++i)
    a.write(id, "0123456789");
  std::vector<bytes_view> parts;
  CHECK(a.mux.next_frames(parts, 65'519) == 1000 + yamux_header_size);
  CHECK(parts.size() == 101);
  CHECK_FALSE(a.mux.has_output());
}

TEST_CASE("streams with much to send take turns", "[yamux]") {
  yamux_end a{role::dialer};
  const auto first = *a.mux.open();
  const auto second = *a.mux.open();
  a.write(first, std::string(100'000, 'x'));
  a.write(second, "short");
  const auto order = headers_of(a.output());
  REQUIRE(order.size() > 3);
  CHECK(order[0].stream == first);
  CHECK(order[0].length == session_limits{}.max_frame_payload);
  CHECK(order[1].stream == second);
  CHECK(order[2].stream == first);
}

TEST_CASE("no more is sent than the other side's window allows", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  const std::string text(600'000, 'x');
  a.write(id, text);
  const auto first = a.output();
  // 6 KiB less than 256 KiB, for the sake of nim-libp2p.
  CHECK(a.mux.buffered(id) == 600'000 - 256'000);
  b.input(first);
  CHECK_FALSE(b.failed);
  exchange(a, b);
  CHECK(a.mux.buffered(id) == 0);
  CHECK(b.received[id] == text);
}

TEST_CASE("window updates are sent for half a window at least", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  exchange(a, b);
  a.write(id, std::string(100'000, 'x'));
  b.input(a.output());
  CHECK(b.output().empty());
  a.write(id, std::string(40'000, 'x'));
  b.input(a.output());
  const auto update = headers_of(b.output());
  // The first update comes with a ping that measures the round trip.
  REQUIRE(update.size() == 2);
  CHECK(update[0].type == yamux_type::ping);
  CHECK(update[1] == yamux_header{yamux_type::window_update, 0, id, 140'000});
}

TEST_CASE("a window grows while its stream is fast for the round trip",
          "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  std::uint64_t granted = 0;
  std::uint64_t largest = 0;
  for (int i = 0; i < 60; ++i) {
    a.write(id, std::string(100'000, 'x'));
    b.input(a.output());
    b.now += std::chrono::milliseconds{10};
    a.now = b.now;
    const auto back = b.output();
    for (const auto& header : headers_of(back)) {
      if (header.type == yamux_type::window_update) {
        granted += header.length;
        largest = std::max<std::uint64_t>(largest, header.length);
      }
    }
    a.input(back);
  }
  CHECK_FALSE(b.failed);
  CHECK(largest > 262'144u);
  CHECK(granted <= b.received[id].size() + session_limits{}.max_window);
}

TEST_CASE("a large frame of a peer is delivered as it comes", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 262'144, "start"));
  CHECK(b.received[1] == "start");
  b.input(bytes(262'139, 'x'));
  CHECK(b.received[1].size() == 262'144);
  CHECK_FALSE(b.failed);
}

TEST_CASE("a reset ends both directions and drops what is queued", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  exchange(a, b);
  a.write(id, "never sent");
  CHECK(a.mux.reset(id));
  CHECK_FALSE(a.mux.reset(id));
  CHECK(a.mux.total_buffered() == 0);
  const auto sent = a.output();
  CHECK(headers_of(sent)
        == std::vector<yamux_header>{
            {yamux_type::window_update, yamux_flag::rst, id, 0}});
  b.input(sent);
  CHECK(b.resets == std::vector<stream_id>{id});
  CHECK_FALSE(b.mux.has(id));
}

TEST_CASE("a stream that is reset before it was sent leaves no trace",
          "[yamux]") {
  yamux_end a{role::dialer};
  const auto id = *a.mux.open();
  a.mux.reset(id);
  CHECK_FALSE(a.mux.has_output());
}

TEST_CASE("an RST may hold an error code", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 0));
  b.input(frame(yamux_type::window_update, yamux_flag::rst, 1, 0x1001));
  CHECK(b.resets.size() == 1);
  // The next header follows at once; a data frame's payload is skipped.
  b.input(frame(yamux_type::data, yamux_flag::syn, 3, 2, "ab"));
  b.input(frame(yamux_type::data, yamux_flag::rst, 3, 4, "code"));
  b.input(frame(yamux_type::data, yamux_flag::syn, 5, 1, "c"));
  CHECK(b.resets.size() == 2);
  CHECK(b.received[3] == "ab");
  CHECK(b.received[5] == "c");
}

TEST_CASE("frames for a stream that is gone are drained", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  exchange(a, b);
  a.write(id, "in flight");
  const auto late = a.output();
  b.mux.reset(id);
  b.input(late);
  b.input(frame(yamux_type::window_update, 0, id, 100));
  b.input(frame(yamux_type::data, yamux_flag::fin, id, 0));
  CHECK(b.received[id].empty());
  CHECK_FALSE(b.failed);
  CHECK(b.ended.empty());
}

TEST_CASE("empty data frames are tolerated", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 0));
  b.input(frame(yamux_type::data, 0, 1, 0));
  b.input(frame(yamux_type::data, yamux_flag::fin, 1, 0));
  b.input(frame(yamux_type::data, yamux_flag::fin, 1, 0));
  CHECK(b.ended.size() == 1);
  CHECK_FALSE(b.failed);
}

TEST_CASE("a window update with SYN or ACK enlarges the window", "[yamux]") {
  yamux_end a{role::dialer};
  const auto id = *a.mux.open();
  a.write(id, std::string(400'000, 'x'));
  a.output();
  CHECK(a.mux.buffered(id) == 144'000);
  a.input(frame(yamux_type::window_update, yamux_flag::ack, id, 100'000));
  a.output();
  CHECK(a.mux.buffered(id) == 44'000);
}

TEST_CASE("huge window updates do not overflow", "[yamux]") {
  yamux_end a{role::dialer};
  const auto id = *a.mux.open();
  for (int i = 0; i < 10; ++i)
    a.input(frame(yamux_type::window_update, 0, id, 0xFFFF'FFFF));
  a.write(id, "x");
  CHECK_FALSE(a.output().empty());
  CHECK_FALSE(a.failed);
}
