#include "tests/interop/cases.hpp"

namespace grapevine::interop {
namespace {

constexpr std::size_t large = 900 * 1024;

/// The options of a peer that dials `other`.
peer_options dialling(const peer_process& other, peer_options options = {}) {
  options.dial = {other.address()};
  return options;
}

/// Connects two peers and has each publish a small and a large message.
void exchange(const implementation& listener, const implementation& dialler,
              const peer_options& options) {
  peer_process a{listener, options};
  peer_process b{dialler, dialling(a, options)};
  a.wait_for_peer("connected", b);
  b.wait_for_peer("connected", a);
  a.wait_for_subscription(b);
  b.wait_for_subscription(a);
  wait_for_link(a, b);
  auto signing = options.signing;
  expect_delivery(a, {&b}, payload::of_text("hello from the other"), signing);
  expect_delivery(b, {&a}, payload::of_text("and hello right back"), signing);
  expect_delivery(a, {&b}, payload::of_random(1, large), signing);
  expect_delivery(b, {&a}, payload::of_random(2, large), signing);
}

void signed_dialling(const pairing& pair) {
  exchange(pair.other, pair.subject, {});
}

void signed_listening(const pairing& pair) {
  exchange(pair.subject, pair.other, {});
}

void unsigned_dialling(const pairing& pair) {
  exchange(pair.other, pair.subject, {.signing = policy::strict_no_sign});
}

void unsigned_listening(const pairing& pair) {
  exchange(pair.subject, pair.other, {.signing = policy::strict_no_sign});
}

/// The listener publishes as soon as it knows of the dialler's subscription,
/// before there is a mesh: flood publishing delivers.
void publish_at_once(const implementation& listener,
                     const implementation& dialler) {
  peer_options options{.flood_publish = true};
  peer_process a{listener, options};
  peer_process b{dialler, dialling(a, options)};
  a.wait_for_subscription(b);
  expect_delivery(a, {&b}, payload::of_text("no time to lose"),
                  options.signing);
  b.wait_for_subscription(a);
  expect_delivery(b, {&a}, payload::of_text("nor here"), options.signing);
}

void at_once_dialling(const pairing& pair) {
  publish_at_once(pair.other, pair.subject);
}

void at_once_listening(const pairing& pair) {
  publish_at_once(pair.subject, pair.other);
}

/// A publisher that is not in the topic itself sends to its fanout.
void publish_to_fanout(const implementation& publisher,
                       const implementation& receiver) {
  peer_process a{receiver, {}};
  peer_options outside;
  outside.topics = {};
  peer_process b{publisher, dialling(a, outside)};
  b.wait_for_subscription(a);
  expect_delivery(b, {&a}, payload::of_text("from outside"), outside.signing);
  expect_delivery(b, {&a}, payload::of_text("and again"), outside.signing);
}

void fanout_from_subject(const pairing& pair) {
  publish_to_fanout(pair.subject, pair.other);
}

void fanout_from_other(const pairing& pair) {
  publish_to_fanout(pair.other, pair.subject);
}

/// Two peers of the other implementation talk through one of ours, which must
/// pass on the author's message as it is.
void relay(const implementation& ends, const implementation& middle,
           policy signing) {
  peer_options options{.signing = signing};
  peer_process a{ends, options};
  peer_process b{middle, dialling(a, options)};
  peer_process c{ends, dialling(b, options)};
  wait_for_mesh(a, {&b});
  wait_for_mesh(b, {&a, &c});
  wait_for_mesh(c, {&b});
  expect_delivery(a, {&b, &c}, payload::of_random(3, 5000), signing);
  expect_delivery(c, {&b, &a}, payload::of_random(4, 5000), signing);
}

void relay_signed(const pairing& pair) {
  relay(pair.other, pair.subject, policy::strict_sign);
}

void relay_unsigned(const pairing& pair) {
  relay(pair.other, pair.subject, policy::strict_no_sign);
}

/// `leaving` unsubscribes, and `staying` takes note.
void leave(peer_process& leaving, peer_process& staying,
           const std::string& topic) {
  leaving.unsubscribe(topic);
  staying.wait_for("that " + leaving.name() + " left", [&](const auto& e) {
    return e.at("event") == "unsubscribed" && e.at("peer") == leaving.id()
           && e.at("topic") == topic;
  });
  CHECK(leaving.mesh(topic).empty());
  wait_for_mesh(staying, {}, topic);
}

/// Topics that are joined and left while connected.
void join_and_leave(const pairing& pair) {
  const std::string topic = "late";
  peer_options options;
  options.topics = {};
  peer_process a{pair.subject, options};
  peer_process b{pair.other, dialling(a, options)};
  a.wait_for_peer("connected", b);
  b.wait_for_peer("connected", a);
  a.subscribe(topic);
  b.wait_for_subscription(a, topic);
  b.subscribe(topic);
  a.wait_for_subscription(b, topic);
  wait_for_link(a, b, topic);
  expect_delivery(a, {&b}, payload::of_text("both in"), options.signing, topic);
  leave(a, b, topic);
  leave(b, a, topic);
}

/// Many messages in a row, from both sides: all arrive, each once.
void burst(const pairing& pair) {
  constexpr std::uint64_t messages = 100;
  peer_process a{pair.subject, {}};
  peer_process b{pair.other, dialling(a)};
  wait_for_link(a, b);
  for (std::uint64_t i = 0; i < messages; ++i) {
    a.publish(payload::of_random(1000 + i, 1024));
    b.publish(payload::of_random(2000 + i, 1024));
  }
  for (std::uint64_t i = 0; i < messages; ++i) {
    expect_message(b, a, payload::of_random(1000 + i, 1024), {});
    expect_message(a, b, payload::of_random(2000 + i, 1024), {});
  }
  for (const auto* peer : {&a, &b})
    CHECK(peer->count([](const auto& e) { return e.at("event") == "message"; })
          == messages);
}

GRAPEVINE_INTEROP_CASE("dialled, signed messages both ways", signed_dialling)
GRAPEVINE_INTEROP_CASE("listening, signed messages both ways", signed_listening)
GRAPEVINE_INTEROP_NO_PY_CASE("dialled, unsigned messages both ways",
                             unsigned_dialling)
GRAPEVINE_INTEROP_NO_PY_CASE("listening, unsigned messages both ways",
                             unsigned_listening)
GRAPEVINE_INTEROP_NO_PY_CASE("dialled, published right after connecting",
                             at_once_dialling)
GRAPEVINE_INTEROP_NO_PY_CASE("listening, published right after connecting",
                             at_once_listening)
GRAPEVINE_INTEROP_CASE("the subject publishes to its fanout",
                       fanout_from_subject)
GRAPEVINE_INTEROP_CASE("the other publishes to its fanout", fanout_from_other)
GRAPEVINE_INTEROP_CASE("the subject relays signed messages", relay_signed)
GRAPEVINE_INTEROP_NO_PY_CASE("the subject relays unsigned messages",
                             relay_unsigned)
GRAPEVINE_INTEROP_CASE("topics joined and left while connected", join_and_leave)
GRAPEVINE_INTEROP_CASE("a hundred messages in a row", burst)

} // namespace
} // namespace grapevine::interop
