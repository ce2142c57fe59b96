#include "proto/ihave_frames.hpp"
#include "proto/rpc.hpp"
#include "proto/varint.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;
using namespace grapevine::proto;

namespace {

constexpr std::size_t unbounded = 1 << 20;

std::vector<std::string> numbered_ids(std::size_t count, std::size_t size) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(std::to_string(i));
    ids.back().resize(size, '.');
  }
  return ids;
}

std::vector<ihave_entry> entries_of(const std::string& topic,
                                    const std::vector<std::string>& ids,
                                    std::size_t most_ids = unbounded,
                                    std::size_t max_size = unbounded) {
  std::vector<ihave_entry> entries;
  CHECK(encode_ihaves(topic, ids, most_ids, max_size, entries) == 0);
  return entries;
}

std::vector<bytes> pack(const std::vector<ihave_entry>& entries,
                        std::size_t max_size = unbounded) {
  std::vector<const ihave_entry*> all;
  all.reserve(entries.size());
  for (const auto& one : entries)
    all.push_back(&one);
  return pack_ihaves(all, max_size);
}

std::vector<ihave> decoded(const std::vector<bytes>& frames,
                           std::size_t max_size = unbounded) {
  std::vector<ihave> result;
  for (const auto& frame : frames) {
    CHECK(frame.size() <= std::min(max_size, control_frame_size));
    const auto length = read_varint(frame);
    REQUIRE(length.value == frame.size() - length.size);
    const auto rpc =
        decode_rpc(bytes_view{frame}.subspan(length.size), {}).value();
    result.insert(result.end(), rpc.control.ihaves.begin(),
                  rpc.control.ihaves.end());
  }
  return result;
}

} // namespace

TEST_CASE("ihave frames: nothing to tell is no frame", "[proto][ihave]") {
  CHECK(entries_of("t", {}).empty());
  CHECK(pack({}).empty());
}

TEST_CASE("ihave frames: they are those that a control message is encoded to",
          "[proto][ihave]") {
  control all;
  all.ihaves = {{"t", numbered_ids(3, 40)}};
  std::vector<bytes> expected;
  CHECK(encode_frames({}, all, unbounded, expected) == 0);
  const auto entries = entries_of("t", all.ihaves[0].ids);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].ids == 3);
  CHECK(pack(entries) == expected);
}

TEST_CASE("ihave frames: a long list takes as many frames as a control message "
          "does",
          "[proto][ihave]") {
  const auto max_size = GENERATE(std::size_t{300}, unbounded);
  control all;
  all.ihaves = {{"t", numbered_ids(1'000, 46)}};
  std::vector<bytes> expected;
  CHECK(encode_frames({}, all, max_size, expected) == 0);
  const auto frames =
      pack(entries_of("t", all.ihaves[0].ids, unbounded, max_size), max_size);
  CHECK(frames.size() == expected.size());
  std::vector<std::string> told;
  for (const auto& one : decoded(frames, max_size)) {
    CHECK(one.topic == "t");
    told.insert(told.end(), one.ids.begin(), one.ids.end());
  }
  CHECK(told == all.ihaves[0].ids);
}

TEST_CASE("ihave frames: an entry has no more ids than asked for",
          "[proto][ihave]") {
  const auto entries = entries_of("t", numbered_ids(10, 8), 4);
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].ids == 4);
  CHECK(entries[1].ids == 4);
  CHECK(entries[2].ids == 2);
}

TEST_CASE("ihave frames: topics share frames", "[proto][ihave]") {
  auto all = entries_of("a", numbered_ids(300, 46));
  for (const auto* topic : {"b", "c"})
    for (auto& one : entries_of(topic, numbered_ids(20, 46)))
      all.push_back(std::move(one));
  const auto frames = pack(all);
  CHECK(frames.size() == 1);
  CHECK(decoded(frames).size() == 3);
}

TEST_CASE("ihave frames: an id that no frame holds is dropped and counted",
          "[proto][ihave]") {
  std::vector<ihave_entry> entries;
  const std::vector<std::string> ids{"a", std::string(200, 'x'), "b"};
  CHECK(encode_ihaves("t", ids, unbounded, 100, entries) == 1);
  const auto told = decoded(pack(entries, 100), 100);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ids == std::vector<std::string>{"a", "b"});
}
