#include "gossip/cache/time_queue.hpp"
#include "gossip/message/message_id.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace grapevine::gossip;

namespace {

struct entry {
  message_id id;
  int value = 0;
};

using queue = time_queue<entry, &entry::id>;

entry made(const std::string& raw, int value = 0) {
  return {message_id{raw}, value};
}

std::optional<queue::position> find(const queue& all, const std::string& raw) {
  return all.find(message_id::hash_of(raw), raw);
}

} // namespace

TEST_CASE("time_queue: an entry is found until it leaves at the old end",
          "[gossip][time_queue]") {
  queue all;
  CHECK(all.empty());
  CHECK_FALSE(find(all, "a"));
  all.push_back(made("a", 1));
  all.push_back(made("b", 2));
  REQUIRE(find(all, "a"));
  CHECK(all.at(*find(all, "a")).value == 1);
  CHECK(all.front().value == 1);
  CHECK(all.back().value == 2);
  CHECK(all.size() == 2);
  all.pop_front();
  CHECK_FALSE(find(all, "a"));
  REQUIRE(find(all, "b"));
  CHECK(all.at(*find(all, "b")).value == 2);
  all.pop_front();
  CHECK(all.empty());
}

TEST_CASE("time_queue: an entry keeps its number", "[gossip][time_queue]") {
  queue all;
  for (const auto* raw : {"a", "b", "c"})
    all.push_back(made(raw));
  const auto c = find(all, "c").value();
  CHECK(all.next() == c + 1);
  all.pop_front();
  CHECK(find(all, "b") == all.first());
  all.pop_front();
  CHECK(find(all, "c") == c);
  CHECK(all.first() == c);
  all.push_back(made("d"));
  CHECK(find(all, "d") == c + 1);
}

TEST_CASE("time_queue: what is too old is passed over",
          "[gossip][time_queue]") {
  queue all;
  all.push_back(made("a", 1));
  const auto oldest = all.next();
  const auto hash = message_id::hash_of("a");
  CHECK_FALSE(all.find(hash, "a", oldest));
  // The same id may come again meanwhile.
  all.push_back(made("a", 2));
  const auto again = all.find(hash, "a", oldest);
  REQUIRE(again);
  CHECK(all.at(*again).value == 2);
  all.pop_front();
  CHECK(all.find(hash, "a", oldest) == again);
}

TEST_CASE("time_queue: a renewed entry is found at the new end",
          "[gossip][time_queue]") {
  queue all;
  all.push_back(made("a", 1));
  all.push_back(made("b", 2));
  const auto from = find(all, "a").value();
  all.renew(from);
  REQUIRE(find(all, "a"));
  CHECK(find(all, "a") == all.next() - 1);
  CHECK(all.back().value == 1);
  CHECK(all.size() == 3);
  CHECK(all.found() == 2);
  // It stayed behind; its id does not go with it.
  CHECK(all.first() == from);
  all.pop_front(true);
  CHECK(find(all, "a"));
  all.pop_front();
  CHECK_FALSE(find(all, "b"));
  all.pop_front();
  CHECK_FALSE(find(all, "a"));
  CHECK(all.found() == 0);
}

TEST_CASE("time_queue: the id may lie in what an entry points to",
          "[gossip][time_queue]") {
  time_queue<std::shared_ptr<const entry>, &entry::id> all;
  all.push_back(std::make_shared<const entry>(made("a", 7)));
  const auto where = all.find(message_id::hash_of("a"), "a");
  REQUIRE(where);
  CHECK(all.at(*where)->value == 7);
  all.pop_front();
  CHECK_FALSE(all.find(message_id::hash_of("a"), "a"));
}

TEST_CASE("time_queue: fetching ahead changes nothing",
          "[gossip][time_queue]") {
  queue all;
  all.expect(message_id::hash_of("a"));
  all.expect_drops(3);
  all.push_back(made("a"));
  all.expect(message_id::hash_of("a"));
  all.expect_drops(3);
  CHECK(find(all, "a"));
  CHECK(all.size() == 1);
}
