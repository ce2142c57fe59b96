#include "gossip/partial/bitmap_parts.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

numbered_parts parts_of(std::size_t count,
                        std::initializer_list<std::size_t> there) {
  numbered_parts parts{count};
  for (const std::size_t i : there)
    parts.set(i, as_bytes("part " + std::to_string(i)));
  return parts;
}

part_set set_of(std::initializer_list<std::size_t> numbers) {
  part_set set;
  for (const std::size_t i : numbers)
    set.insert(i);
  return set;
}

} // namespace

TEST_CASE("part set: the lowest bit comes first, as in go", "[bitmap_parts]") {
  CHECK(set_of({0, 3, 9}).bits() == bytes{0x09, 0x02});
  const part_set set{bytes{0x80, 0x01}};
  CHECK(set.contains(7));
  CHECK(set.contains(8));
  CHECK_FALSE(set.contains(0));
  CHECK_FALSE(set.contains(1'000));
  CHECK(set.size() == 2);
}

TEST_CASE("part set: sets of different lengths merge", "[bitmap_parts]") {
  auto set = set_of({1});
  set.merge(set_of({1, 20}));
  set.merge(set_of({3}));
  CHECK(set.bits() == set_of({1, 3, 20}).bits());
}

TEST_CASE("numbered parts: they survive encoding", "[bitmap_parts]") {
  const auto source = parts_of(10, {0, 4, 9});
  numbered_parts copy{10};
  REQUIRE(copy.merge(source.encode()));
  CHECK(copy.available().bits() == source.available().bits());
  CHECK(as_text(*copy.get(4)) == "part 4");
  CHECK(copy.get(1) == nullptr);
  CHECK(copy.get(10) == nullptr);
  CHECK(copy.encode() == source.encode());
}

TEST_CASE("numbered parts: number, size and bytes", "[bitmap_parts]") {
  numbered_parts parts{3};
  parts.set(2, as_bytes("ab"));
  CHECK(parts.encode() == bytes{2, 0, 0, 0, 2, 'a', 'b'});
  CHECK(parts.encode(set_of({1})).empty());
}

TEST_CASE("numbered parts: complete with the last one", "[bitmap_parts]") {
  auto parts = parts_of(3, {0, 2});
  CHECK_FALSE(parts.complete());
  CHECK(parts.merge(parts_of(3, {1}).encode()));
  CHECK(parts.complete());
}

TEST_CASE("numbered parts: what is there stays", "[bitmap_parts]") {
  auto parts = parts_of(3, {0});
  numbered_parts other{3};
  other.set(0, as_bytes("forged"));
  CHECK(parts.merge(other.encode()));
  CHECK(as_text(*parts.get(0)) == "part 0");
}

TEST_CASE("numbered parts: damaged ones are refused as a whole",
          "[bitmap_parts]") {
  numbered_parts parts{3};
  auto encoded = parts_of(3, {0, 1}).encode();
  SECTION("cut short") {
    encoded.pop_back();
  }
  SECTION("an unknown number") {
    append(encoded, parts_of(4, {3}).encode());
  }
  SECTION("a size beyond the end") {
    append(encoded, bytes(4, 2));
  }
  SECTION("a huge size") {
    append(encoded, bytes{2, 0xff, 0xff, 0xff, 0xff, 1});
  }
  CHECK_FALSE(parts.merge(encoded));
  CHECK(parts.available().size() == 0);
}

TEST_CASE("numbered parts: the metadata of nothing is a set of its length",
          "[bitmap_parts]") {
  CHECK(numbered_parts{9}.available().bits() == bytes(2));
}

TEST_CASE("bitmap parts: a peer gets what it lacks", "[bitmap_parts]") {
  const bitmap_parts rules{10};
  const auto held = parts_of(10, {0, 1, 9});
  const auto has = set_of({1, 5});
  const auto choice = rules.choose(held.encode(), {has.bits(), {}}, 1'000);
  CHECK(choice.parts == held.encode(set_of({0, 9})));
  CHECK(choice.sent == set_of({0, 9}).bits());
}

TEST_CASE("bitmap parts: no part goes twice", "[bitmap_parts]") {
  const bitmap_parts rules{10};
  const auto held = parts_of(10, {0, 1, 9});
  const auto sent = set_of({0, 1});
  const auto choice =
      rules.choose(held.encode(), {bytes_view{}, sent.bits()}, 1'000);
  CHECK(choice.parts == held.encode(set_of({9})));
  const auto again =
      rules.choose(held.encode(), {bytes_view{}, choice.sent}, 1'000);
  CHECK(again.parts.empty());
}

TEST_CASE("bitmap parts: as many as there is room for", "[bitmap_parts]") {
  const bitmap_parts rules{10};
  const auto held = parts_of(10, {0, 1, 2});
  const auto one = held.encode(set_of({0})).size();
  const auto choice = rules.choose(held.encode(), {bytes_view{}, {}}, 2 * one);
  CHECK(choice.parts == held.encode(set_of({0, 1})));
  CHECK(rules.choose(held.encode(), {bytes_view{}, choice.sent}, 2 * one).parts
        == held.encode(set_of({2})));
  CHECK(rules.choose(held.encode(), {bytes_view{}, {}}, one - 1).parts.empty());
}

TEST_CASE("bitmap parts: pushed eagerly only when asked to", "[bitmap_parts]") {
  const auto held = parts_of(10, {0, 1});
  CHECK(bitmap_parts{10}.choose(held.encode(), {}, 1'000).parts.empty());
  CHECK(bitmap_parts(10, true).choose(held.encode(), {}, 1'000).parts
        == held.encode());
}

TEST_CASE("bitmap parts: metadata is no longer than the set of all",
          "[bitmap_parts]") {
  const bitmap_parts rules{9};
  CHECK(rules.valid({}));
  CHECK(rules.valid(bytes(1)));
  CHECK(rules.valid(bytes(2)));
  CHECK_FALSE(rules.valid(bytes(3)));
}
