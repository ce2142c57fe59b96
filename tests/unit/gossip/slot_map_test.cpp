#include "gossip/slot_map.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <unordered_set>

using grapevine::gossip::slot_handle;
using grapevine::gossip::slot_map;
using grapevine::gossip::slot_table;

namespace {

template <class Container>
std::string all_of(const Container& from) {
  std::string all;
  from.each([&](slot_handle of, const std::string& value) {
    all += std::to_string(of.slot) + value + ' ';
  });
  return all;
}

} // namespace

TEST_CASE("slot_map: an entry is found by its handle", "[gossip][slot_map]") {
  slot_map<std::string> map;
  const auto a = map.insert("a");
  const auto b = map.insert("b");
  CHECK(a != b);
  REQUIRE(map.find(a));
  CHECK(*map.find(a) == "a");
  CHECK(map[b.slot] == "b");
  CHECK(map.slot_count() == 2);
  *map.find(a) = "changed";
  CHECK(all_of(map) == "0changed 1b ");
}

TEST_CASE("slot_map: nothing is found by the default handle",
          "[gossip][slot_map]") {
  slot_map<std::string> map;
  CHECK_FALSE(map.find({}));
  map.insert("a");
  CHECK_FALSE(map.find({}));
  map.erase({});
  CHECK(all_of(map) == "0a ");
}

TEST_CASE("slot_map: a slot is used again, and its old handle finds nothing",
          "[gossip][slot_map]") {
  slot_map<std::string> map;
  const auto first = map.insert("first");
  map.erase(first);
  CHECK_FALSE(map.find(first));
  const auto second = map.insert("second");
  CHECK(second.slot == first.slot);
  CHECK_FALSE(map.find(first));
  // Gone once, it frees no slot a second time.
  map.erase(first);
  REQUIRE(map.find(second));
  CHECK(map.insert("third").slot != second.slot);
  CHECK(map.slot_count() == 2);
}

TEST_CASE("slot_map: the slot that was freed last is used first",
          "[gossip][slot_map]") {
  slot_map<std::string> map;
  const auto a = map.insert("a");
  const auto b = map.insert("b");
  map.insert("c");
  map.erase(a);
  map.erase(b);
  CHECK(all_of(map) == "2c ");
  CHECK(map.insert("d").slot == b.slot);
  CHECK(map.insert("e").slot == a.slot);
  CHECK(map.insert("f").slot == 3);
}

TEST_CASE("slot_map: what is erased is let go at once", "[gossip][slot_map]") {
  slot_map<std::shared_ptr<int>> map;
  const auto held = std::make_shared<int>(1);
  const auto handle = map.insert(held);
  CHECK(held.use_count() == 2);
  map.erase(handle);
  CHECK(held.use_count() == 1);
}

TEST_CASE("slot_map: an entry may be erased while all are walked through",
          "[gossip][slot_map]") {
  slot_map<std::string> map;
  for (const auto* text : {"a", "b", "c"})
    map.insert(text);
  map.each([&](slot_handle which, std::string& value) {
    if (value != "b")
      map.erase(which);
  });
  CHECK(all_of(map) == "1b ");
}

TEST_CASE("slot_table: keeps values of another one's handles",
          "[gossip][slot_map]") {
  slot_table<std::string> table;
  CHECK(table.put({2, 7}, "x") == "x");
  CHECK(table.slot_count() == 3);
  REQUIRE(table.find({2, 7}));
  CHECK(*table.find({2, 7}) == "x");
  CHECK_FALSE(table.find({2, 6}));
  CHECK_FALSE(table.find({0, 0}));
  CHECK_FALSE(table.find({3, 0}));
  CHECK_FALSE(table.find({}));
  CHECK(table.owner(2) == slot_handle{2, 7});
  CHECK(table.owner(1) == slot_handle{});
  CHECK(table.owner(9) == slot_handle{});
  CHECK(all_of(table) == "2x ");
}

TEST_CASE("slot_table: the slot's next user takes its place",
          "[gossip][slot_map]") {
  slot_table<std::string> table;
  table.put({0, 0}, "former");
  table.put({0, 1}, "next");
  CHECK_FALSE(table.find({0, 0}));
  // Too late to be of any effect.
  table.erase({0, 0});
  REQUIRE(table.find({0, 1}));
  table.erase({0, 1});
  CHECK_FALSE(table.find({0, 1}));
  CHECK(all_of(table).empty());
}

TEST_CASE("slot_handle: is told apart by slot and generation",
          "[gossip][slot_map]") {
  CHECK(slot_handle{1, 0} < slot_handle{1, 1});
  CHECK(slot_handle{1, 1} < slot_handle{2, 0});
  CHECK_FALSE(slot_handle{1, 1} < slot_handle{1, 1});
  const std::unordered_set<slot_handle> some{{1, 0}, {1, 1}, {1, 0}};
  CHECK(some.size() == 2);
}
