#include "tests/interop/cases.hpp"

namespace grapevine::interop {
namespace {

constexpr std::size_t topic_count = 250;

std::string topic_of(std::size_t number) {
  return "topic-" + std::to_string(number);
}

/// The first topic is everybody's.
peer_options with_many_topics() {
  peer_options options;
  options.topics.clear();
  for (std::size_t i = 0; i < topic_count; ++i)
    options.topics.push_back(topic_of(i));
  return options;
}

/// `many` is in 250 topics, and `one`, which dials it, gets to know so many of
/// them. Both know the first, by which messages go: they come behind all that
/// was said at the beginning.
void expect_known(const implementation& many, const implementation& one,
                  std::size_t known) {
  peer_process a{many, with_many_topics()};
  peer_options options;
  options.topics = {topic_of(0)};
  options.dial = {a.address()};
  peer_process b{one, options};
  b.wait_for_subscription(a, topic_of(0));
  b.wait_for_subscription(a, topic_of(known - 1));
  wait_for_link(a, b, topic_of(0));
  expect_delivery(a, {&b}, payload::of_text("so many"), {}, topic_of(0));
  expect_delivery(b, {&a}, payload::of_text("indeed"), {}, topic_of(0));
  CHECK(b.count([&](const auto& e) {
    return e.at("event") == "subscribed" && e.at("peer") == a.id();
  }) == known);
}

void other_has_many(const pairing& pair) {
  expect_known(pair.other, pair.subject, topic_count);
}

void all_are_known(const pairing& pair) {
  expect_known(pair.subject, pair.other, topic_count);
}

/// Rust takes 100 topics of a peer, and none at all if it is told of more in
/// one RPC. Python takes as many, whatever an RPC has.
void a_hundred_are_known(const pairing& pair) {
  expect_known(pair.subject, pair.other, 100);
}

GRAPEVINE_INTEROP_CASE("the other has 250 topics", other_has_many)

TEST_CASE("go: the subject has 250 topics", "[go]") {
  run_case("go", all_are_known);
}

TEST_CASE("rust: the subject has 250 topics, of which 100 are taken",
          "[rust]") {
  run_case("rust", a_hundred_are_known);
}

TEST_CASE("js: the subject has 250 topics", "[js]") {
  run_case("js", all_are_known);
}

TEST_CASE("py: the subject has 250 topics, of which 100 are taken", "[py]") {
  run_case("py", a_hundred_are_known);
}

} // namespace
} // namespace grapevine::interop
