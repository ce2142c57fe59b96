#include "gossip/stream/frame_reader.hpp"
#include "proto/varint.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

bytes framed(const std::vector<std::string>& frames) {
  bytes out;
  for (const auto& frame : frames) {
    append_varint(out, frame.size());
    append(out, as_bytes(frame));
  }
  return out;
}

/// Feeds one chunk and gives the frames it completed.
std::vector<std::string> feed(frame_reader& reader, bytes_view chunk) {
  std::vector<std::string> frames;
  while (true) {
    const auto frame = reader.next(chunk);
    REQUIRE(frame);
    if (!*frame)
      break;
    frames.push_back(to_string(**frame));
  }
  CHECK(chunk.empty());
  return frames;
}

frame_error error_of(frame_reader& reader, bytes chunk) {
  bytes_view input = chunk;
  while (true) {
    const auto frame = reader.next(input);
    if (!frame)
      return frame.error();
    REQUIRE(*frame);
  }
}

} // namespace

TEST_CASE("frame_reader: whole frames are seen in place",
          "[gossip][frame_reader]") {
  frame_reader reader;
  const auto stream = framed({"one", "two"});
  bytes_view input = stream;
  const auto one = reader.next(input);
  REQUIRE(one.value());
  CHECK(as_text(**one) == "one");
  CHECK((*one)->data() == stream.data() + 1);
  CHECK(as_text(*reader.next(input).value()) == "two");
  CHECK_FALSE(reader.next(input).value());
  CHECK(reader.buffered() == 0);
  CHECK_FALSE(reader.in_frame());
}

TEST_CASE("frame_reader: empty frames are skipped", "[gossip][frame_reader]") {
  frame_reader reader;
  CHECK(feed(reader, framed({"", "", "a", "", "b", ""}))
        == std::vector<std::string>{"a", "b"});
}

TEST_CASE("frame_reader: chunks of any size", "[gossip][frame_reader]") {
  std::vector<std::string> sent;
  for (unsigned size : {1u, 127u, 128u, 300u, 5u, 20'000u})
    sent.emplace_back(size, static_cast<char>('a' + size % 26));
  const auto stream = framed(sent);
  const auto chunk_size =
      GENERATE(as<std::size_t>{}, 1, 2, 3, 7, 100, 4096, 100'000);
  frame_reader reader;
  std::vector<std::string> received;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    const auto chunk = bytes_view{stream}.subspan(
        at, std::min(chunk_size, stream.size() - at));
    for (auto& frame : feed(reader, chunk))
      received.push_back(std::move(frame));
  }
  CHECK(received == sent);
  CHECK(reader.buffered() == 0);
}

TEST_CASE("frame_reader: chunks at random", "[gossip][frame_reader]") {
  std::mt19937 random{1};
  std::vector<std::string> sent;
  for (int i = 0; i < 500; ++i)
    sent.emplace_back(1 + random() % 400, static_cast<char>(random() % 128));
  const auto stream = framed(sent);
  frame_reader reader;
  std::vector<std::string> received;
  for (bytes_view rest = stream; !rest.empty();) {
    const auto count = std::min<std::size_t>(rest.size(), 1 + random() % 900);
    for (auto& frame : feed(reader, rest.first(count)))
      received.push_back(std::move(frame));
    rest = rest.subspan(count);
  }
  CHECK(received == sent);
}

TEST_CASE("frame_reader: memory follows what arrived, not what was announced",
          "[gossip][frame_reader]") {
  frame_reader reader;
  bytes stream;
  append_varint(stream, limits::rpc_size);
  CHECK(feed(reader, stream).empty());
  CHECK(reader.in_frame());
  CHECK(reader.buffered() == 0);
  CHECK(feed(reader, bytes(100)).empty());
  CHECK(reader.buffered() <= 200);
  std::size_t fed = 100;
  while (fed + 1000 < limits::rpc_size) {
    feed(reader, bytes(1000));
    fed += 1000;
    CHECK(reader.buffered() <= 2 * fed);
  }
  // Never beyond the frame itself; given back when it is done.
  CHECK(reader.buffered() <= limits::rpc_size);
  CHECK(feed(reader, bytes(limits::rpc_size - fed)).size() == 1);
  CHECK(reader.buffered() == 0);
}

TEST_CASE("frame_reader: the largest frame, and one byte more",
          "[gossip][frame_reader]") {
  frame_reader reader{10};
  CHECK(feed(reader, framed({std::string(10, 'x')})).size() == 1);
  CHECK(error_of(reader, {11}) == frame_error::too_large);
  // For good.
  CHECK(error_of(reader, {1, 'x'}) == frame_error::too_large);
  CHECK(error_of(reader, {}) == frame_error::too_large);
}

TEST_CASE("frame_reader: lengths that are no varint",
          "[gossip][frame_reader]") {
  {
    frame_reader reader;
    CHECK(error_of(reader, bytes(9, 0xff)) == frame_error::bad_length);
  }
  {
    frame_reader reader;
    CHECK(error_of(reader, {0x81, 0x00}) == frame_error::bad_length);
  }
  {
    frame_reader reader;
    CHECK(feed(reader, bytes{0x81}).empty());
    CHECK(reader.in_frame());
    CHECK(error_of(reader, {0x00}) == frame_error::bad_length);
  }
  {
    frame_reader reader;
    CHECK(
        error_of(reader, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
        == frame_error::too_large);
  }
}
