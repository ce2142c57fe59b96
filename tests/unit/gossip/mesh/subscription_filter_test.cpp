#include "gossip/mesh/subscription_filter.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

using changes = std::vector<proto::subscription>;

subscription_filter filter_of(std::vector<std::string> topics,
                              std::vector<std::string> patterns,
                              std::size_t max_per_rpc = 0) {
  auto result = subscription_filter::from(
      {std::move(topics), std::move(patterns), max_per_rpc});
  REQUIRE(result);
  return *result;
}

proto::subscription joins(std::string topic) {
  return {std::move(topic), true};
}

proto::subscription leaves(std::string topic) {
  return {std::move(topic), false};
}

/// What is left of one RPC's changes: "+topic" and "-topic".
std::vector<std::string> applied(const subscription_filter& filter,
                                 changes rpc) {
  CHECK(filter.apply(rpc));
  std::vector<std::string> result;
  for (const auto& change : rpc)
    result.push_back((change.subscribe ? "+" : "-") + change.topic);
  return result;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("subscription_filter: the default one leaves everything as it is",
          "[gossip][subscription_filter]") {
  for (const auto& filter : {subscription_filter{}, filter_of({}, {})}) {
    CHECK(filter.allows("anything"));
    CHECK(filter.allows(""));
    CHECK(applied(filter, {joins("a"), leaves("a"), joins("a")})
          == texts{"+a", "-a", "+a"});
  }
}

TEST_CASE("subscription_filter: an allow list names topics",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({"a", "b"}, {});
  CHECK(filter.allows("a"));
  CHECK_FALSE(filter.allows("c"));
  CHECK_FALSE(filter.allows("ab"));
  CHECK(applied(filter, {joins("c"), joins("b"), leaves("a"), leaves("d")})
        == texts{"+b", "-a"});
}

TEST_CASE("subscription_filter: a pattern matches whole names",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({}, {"news/.*", "(?i)weather"});
  CHECK(filter.allows("news/local"));
  CHECK(filter.allows("news/"));
  CHECK(filter.allows("Weather"));
  CHECK_FALSE(filter.allows("fake news/local"));
  CHECK_FALSE(filter.allows("weather report"));
  CHECK_FALSE(filter.allows("news/\n"));
  using namespace std::string_view_literals;
  CHECK(filter.allows("news/\0x"sv));
  CHECK_FALSE(filter.allows("news/\xff"sv)); // no text
}

TEST_CASE("subscription_filter: either list may name a topic",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({"a"}, {"b+"});
  CHECK(filter.allows("a"));
  CHECK(filter.allows("bb"));
  CHECK_FALSE(filter.allows("ab"));
}

TEST_CASE("subscription_filter: a bad pattern is named",
          "[gossip][subscription_filter]") {
  const auto text = [](const std::string& pattern) {
    const auto result = subscription_filter::from({{}, {pattern}});
    REQUIRE_FALSE(result);
    return result.error().text;
  };
  CHECK(text("news/(") == "bad topic pattern \"news/(\": missing ): news/(");
  // What would not be linear is no pattern of RE2's.
  CHECK(text(R"((a)\1)")
        == R"(bad topic pattern "(a)\1": invalid escape sequence: \1)");
}

TEST_CASE("subscription_filter: hostile names are matched in linear time",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({}, {"(a+)+b"});
  CHECK_FALSE(filter.allows(std::string(100'000, 'a')));
}

TEST_CASE("subscription_filter: too many changes drop the RPC",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({}, {}, 2);
  CHECK(filter.allows("anything"));
  changes two{joins("a"), joins("b")};
  CHECK(filter.apply(two));
  // Counted before repeated ones are dropped.
  changes three{joins("a"), joins("a"), joins("a")};
  const auto result = filter.apply(three);
  CHECK(error_of(result) == subscription_error::too_many);
  CHECK(to_string(result.error()) == "too many subscriptions in one RPC");
  CHECK(three.size() == 3);
}

TEST_CASE("subscription_filter: repeated changes of an RPC count once",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({}, {".*"});
  CHECK(applied(filter, {joins("a"), joins("b"), joins("a"), leaves("c")})
        == texts{"+a", "+b", "-c"});
}

TEST_CASE("subscription_filter: opposite changes of an RPC cancel each other",
          "[gossip][subscription_filter]") {
  const auto filter = filter_of({}, {".*"});
  CHECK(applied(filter, {joins("a"), leaves("a"), joins("b")}) == texts{"+b"});
  CHECK(applied(filter, {leaves("a"), joins("a")}).empty());
  CHECK(applied(filter, {joins("a"), leaves("a"), joins("a")}) == texts{"+a"});
}
