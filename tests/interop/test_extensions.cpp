#include "tests/interop/cases.hpp"
#include "tests/interop/rpc_events.hpp"

namespace grapevine::interop {
namespace {

using namespace std::chrono_literals;

constexpr int part_count = 8;

support::deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

peer_options dialling(const peer_process& other, peer_options options) {
  options.dial = {other.address()};
  return options;
}

/// Both advertise the test extension in the first RPC and send it once, and
/// never again.
void test_extension(const implementation& listener,
                    const implementation& dialler) {
  peer_options options{.test_extension = true};
  options.score = true;
  options.trace = true;
  peer_process a{listener, options};
  peer_process b{dialler, dialling(a, options)};
  for (auto [peer, other] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
    peer->wait_for("that it is advertised",
                   rpc_from(*other, advertises_test()));
    peer->wait_for("the test extension", rpc_from(*other, has_test()));
  }
  wait_for_link(a, b);
  expect_delivery(a, {&b}, payload::of_text("extended"), {});
  expect_delivery(b, {&a}, payload::of_text("extending"), {});
  for (auto [peer, other] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
    CHECK(peer->count(rpc_from(*other, has_extensions())) == 1);
    CHECK(peer->count(rpc_from(*other, has_test())) == 1);
  }
  a.collect(in(500ms));
  CHECK(score_of(a, b) >= 0);
  CHECK(score_of(b, a) >= 0);
}

void test_extension_dialling(const pairing& pair) {
  test_extension(pair.other, pair.subject);
}

void test_extension_listening(const pairing& pair) {
  test_extension(pair.subject, pair.other);
}

/// Who speaks 1.2 does not know extensions, and is not told of any.
void no_extensions_before_1_3(const pairing& pair) {
  peer_options options{.protocol = "/meshsub/1.2.0"};
  options.trace = true;
  peer_process a{pair.other, options};
  peer_options extended{.partial = {default_topic}, .test_extension = true};
  peer_process b{pair.subject, dialling(a, extended)};
  wait_for_link(a, b);
  expect_delivery(a, {&b}, payload::of_text("plain"), {});
  expect_delivery(b, {&a}, payload::of_text("and simple"), {});
  CHECK(a.count(rpc_from(b, has_extensions())) == 0);
  CHECK(a.count(rpc_from(b, has_test())) == 0);
}

/// Waits until `peer` has all parts of a message.
void expect_complete(peer_process& peer, const message_parts& message) {
  std::string data;
  for (int i = 0; i < part_count; ++i)
    data +=
        make_random(message.seed + static_cast<std::uint64_t>(i), message.size);
  auto event = peer.wait_for("all parts", [&](const nlohmann::json& e) {
    return e.value("event", "") == "partial" && e.at("topic") == default_topic
           && e.at("group") == message.group
           && e.at("parts").size() == part_count;
  });
  CHECK(event.at("sha256") == sha256_hex(data));
}

message_parts parts_of(std::string group, std::uint64_t seed,
                       std::vector<int> parts) {
  return {std::move(group), seed, 5'000, std::move(parts)};
}

/// Two peers that exchange parts, first when each has a half, then when only
/// one has anything.
void exchange_parts(const implementation& listener,
                    const implementation& dialler) {
  peer_options options{.partial = {default_topic}};
  options.score = true;
  peer_process a{listener, options};
  peer_process b{dialler, dialling(a, options)};
  wait_for_link(a, b);
  a.publish_partial(parts_of("halves", 100, {0, 1, 2, 3}));
  b.publish_partial(parts_of("halves", 100, {4, 5, 6, 7}));
  expect_complete(a, parts_of("halves", 100, {}));
  expect_complete(b, parts_of("halves", 100, {}));
  const std::vector<int> all{0, 1, 2, 3, 4, 5, 6, 7};
  a.publish_partial(parts_of("from a", 200, all));
  expect_complete(b, parts_of("from a", 200, {}));
  b.publish_partial(parts_of("from b", 300, all));
  expect_complete(a, parts_of("from b", 300, {}));
  a.collect(in(500ms));
  CHECK(score_of(a, b) >= 0);
  CHECK(score_of(b, a) >= 0);
}

void parts_dialling(const pairing& pair) {
  exchange_parts(pair.other, pair.subject);
}

void parts_listening(const pairing& pair) {
  exchange_parts(pair.subject, pair.other);
}

/// Parts travel along a line, each peer completing the next.
void relay_parts(const implementation& ends, const implementation& middle) {
  peer_options options{.partial = {default_topic}};
  peer_process author{ends, options};
  peer_process relay{middle, dialling(author, options)};
  peer_process end{ends, dialling(relay, options)};
  wait_for_mesh(author, {&relay});
  wait_for_mesh(relay, {&author, &end});
  wait_for_mesh(end, {&relay});
  author.publish_partial(parts_of("afar", 400, {0, 1, 2, 3, 4, 5}));
  end.publish_partial(parts_of("afar", 400, {6, 7}));
  for (auto* peer : {&author, &relay, &end})
    expect_complete(*peer, parts_of("afar", 400, {}));
}

void subject_relays_parts(const pairing& pair) {
  relay_parts(pair.other, pair.subject);
}

void other_relays_parts(const pairing& pair) {
  relay_parts(pair.subject, pair.other);
}

/// A peer that wants parts gets no whole messages, its neighbour that knows of
/// no parts does.
void whole_beside_parts(const pairing& pair) {
  peer_process author{pair.other, {}};
  peer_options options{.partial = {default_topic}};
  peer_process relay{pair.subject, dialling(author, options)};
  peer_process parts{pair.other, dialling(relay, options)};
  peer_process whole{pair.other, dialling(relay, {})};
  wait_for_mesh(author, {&relay});
  wait_for_mesh(relay, {&author, &parts, &whole});
  wait_for_mesh(parts, {&relay});
  wait_for_mesh(whole, {&relay});
  const auto data = payload::of_random(31, 10'000);
  expect_delivery(author, {&relay, &whole}, data, {});
  parts.collect(in(1500ms));
  CHECK(times_received(parts, data) == 0);
}

/// Subscribing and leaving, backoffs, publishing and gossip: nobody may find
/// anything to punish.
void no_misbehaviour(const pairing& pair) {
  peer_options options{.score = true};
  peer_process a{pair.other, options};
  peer_process b{pair.subject, dialling(a, options)};
  wait_for_link(a, b);
  for (std::uint64_t seed = 40; seed < 50; ++seed) {
    expect_delivery(a, {&b}, payload::of_random(seed, 5'000), {});
    expect_delivery(b, {&a}, payload::of_random(seed + 10, 5'000), {});
  }
  b.unsubscribe(default_topic);
  wait_for_mesh(a, {});
  b.subscribe(default_topic);
  a.wait_for_subscription(b);
  // Longer than the backoff after leaving, and its slack.
  a.collect(in(14s));
  wait_for_link(a, b);
  expect_delivery(a, {&b}, payload::of_text("welcome back"), {});
  expect_delivery(b, {&a}, payload::of_text("thank you"), {});
  CHECK(score_of(a, b) >= 0);
  CHECK(score_of(b, a) >= 0);
}

GRAPEVINE_INTEROP_GO_CASE("the test extension, the subject dials",
                          test_extension_dialling)
GRAPEVINE_INTEROP_GO_CASE("the test extension, the subject listens",
                          test_extension_listening)
GRAPEVINE_INTEROP_GO_CASE("no extensions for one that speaks 1.2",
                          no_extensions_before_1_3)
GRAPEVINE_INTEROP_GO_CASE("messages in parts, the subject dials",
                          parts_dialling)
GRAPEVINE_INTEROP_GO_CASE("messages in parts, the subject listens",
                          parts_listening)
GRAPEVINE_INTEROP_GO_CASE("the subject relays parts", subject_relays_parts)
GRAPEVINE_INTEROP_GO_CASE("the other relays parts", other_relays_parts)
GRAPEVINE_INTEROP_GO_CASE("whole messages beside parts", whole_beside_parts)
GRAPEVINE_INTEROP_GO_CASE("the subject does nothing that is punished",
                          no_misbehaviour)

} // namespace
} // namespace grapevine::interop
