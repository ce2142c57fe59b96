#include "gossip/cache/ihave_encoder.hpp"
#include "proto/rpc.hpp"
#include "proto/varint.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

constexpr std::size_t max_size = 1 << 20;

std::shared_ptr<const proto::ihave>
list(const std::string& topic, std::size_t count, std::size_t size = 46) {
  auto result = std::make_shared<proto::ihave>();
  result->topic = topic;
  for (std::size_t i = 0; i < count; ++i) {
    result->ids.push_back(topic + std::to_string(i));
    result->ids.back().resize(size, '.');
  }
  return result;
}

ihave_part whole(const std::shared_ptr<const proto::ihave>& all) {
  return {all, 0, all->ids.size()};
}

std::vector<std::string> told(const ihave_frames& what,
                              std::string_view topic = "t") {
  std::vector<std::string> result;
  for (const auto& frame : what.frames) {
    const auto length = read_varint(*frame);
    const auto rpc =
        proto::decode_rpc(bytes_view{*frame}.subspan(length.size), {}).value();
    for (const auto& one : rpc.control.ihaves)
      if (one.topic == topic)
        result.insert(result.end(), one.ids.begin(), one.ids.end());
  }
  return result;
}

} // namespace

TEST_CASE("ihave_encoder: whoever is told the same gets the same frames",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  const auto all = list("t", 600);
  const std::vector parts{whole(all)};
  const auto first = encoder.encode(parts, max_size);
  CHECK(first.ids == 600);
  CHECK(first.dropped == 0);
  CHECK(told(first) == all->ids);
  CHECK(encoder.encode(parts, max_size).frames == first.frames);
}

TEST_CASE("ihave_encoder: a topic is encoded once, whatever else each peer is "
          "told",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  const auto a = list("t", 100);
  const auto b = list("u", 100);
  CHECK(told(encoder.encode(std::vector{whole(a)}, max_size)) == a->ids);
  const auto kept = encoder.kept();
  const auto both = encoder.encode(std::vector{whole(b), whole(a)}, max_size);
  CHECK(told(both, "t") == a->ids);
  CHECK(told(both, "u") == b->ids);
  CHECK(both.ids == 200);
  CHECK(both.frames.size() == 1);
  CHECK(encoder.kept() == 2 * kept);
}

TEST_CASE("ihave_encoder: another list at the same address is another list",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  for (int i = 0; i < 100; ++i) {
    const auto all = list("t" + std::to_string(i), 70);
    CHECK(told(encoder.encode(std::vector{whole(all)}, max_size), all->topic)
          == all->ids);
  }
}

TEST_CASE("ihave_encoder: of a part of a list nearly all is told, and no more; "
          "by all peers together of all",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  const auto all = list("t", 1'000);
  std::set<std::string> heard;
  for (std::size_t first = 0; first < 1'000; first += 7) {
    const auto one = told(
        encoder.encode(std::vector{ihave_part{all, first, 100}}, max_size));
    CHECK(one.size() <= 100);
    CHECK(one.size() >= 85);
    CHECK(std::set<std::string>(one.begin(), one.end()).size() == one.size());
    heard.insert(one.begin(), one.end());
  }
  CHECK(heard.size() == 1'000);
}

TEST_CASE("ihave_encoder: a very short part of a list is told as well",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  const auto all = list("t", 10);
  const auto& one =
      encoder.encode(std::vector{ihave_part{all, 9, 2}}, max_size);
  CHECK(told(one) == std::vector{all->ids[9], all->ids[0]});
}

TEST_CASE("ihave_encoder: frames are as large as asked for",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  const auto all = list("t", 600);
  const auto large = encoder.encode(std::vector{whole(all)}, max_size);
  const auto small = encoder.encode(std::vector{whole(all)}, 1'000);
  CHECK(large.frames.size() < small.frames.size());
  for (const auto& frame : small.frames)
    CHECK(frame->size() <= 1'000);
  CHECK(told(small) == all->ids);
}

TEST_CASE("ihave_encoder: ids that no frame holds are counted",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  const auto all = list("t", 70, 300);
  const auto& none = encoder.encode(std::vector{whole(all)}, 200);
  CHECK(none.frames.empty());
  CHECK(none.ids == 0);
  CHECK(none.dropped == 70);
}

TEST_CASE("ihave_encoder: what is kept has a bound",
          "[gossip][ihave_encoder]") {
  ihave_encoder encoder;
  std::vector<std::shared_ptr<const proto::ihave>> lists;
  for (int i = 0; i < 40; ++i) {
    lists.push_back(list("t" + std::to_string(i), 5'000));
    encoder.encode(std::vector{whole(lists.back())}, max_size);
    CHECK(encoder.kept() < ihave_encoder::max_kept + 300'000);
  }
}
