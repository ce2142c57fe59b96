#include "tests/interop/cases.hpp"

#include <memory>

namespace grapevine::interop {
namespace {

/// The options of a peer that can be restarted as the same peer.
peer_options lasting(std::uint64_t seed) {
  peer_options options;
  options.identity_seed = seed;
  return options;
}

void expect_flow(peer_process& a, peer_process& b, const std::string& when) {
  wait_for_link(a, b);
  expect_delivery(a, {&b}, payload::of_text("one way, " + when), {});
  expect_delivery(b, {&a}, payload::of_text("back again, " + when), {});
}

/// The listener is killed and comes back as the same peer at the same address;
/// the dialler finds it again.
void kill_listener(const implementation& listener,
                   const implementation& dialler) {
  auto options = lasting(41);
  auto a = std::make_unique<peer_process>(listener, options);
  auto dialling = lasting(42);
  dialling.dial = {a->address()};
  peer_process b{dialler, dialling};
  expect_flow(*a, b, "before");
  options.listen = a->listen_address();
  a->kill();
  b.wait_for_peer("disconnected", *a);
  wait_for_mesh(b, {});
  a = std::make_unique<peer_process>(listener, options);
  CHECK(a->id() == peer_process(listener, lasting(41)).id());
  expect_flow(*a, b, "after");
}

/// The dialler is killed, comes back as the same peer and dials again.
void kill_dialler(const implementation& listener,
                  const implementation& dialler) {
  peer_process a{listener, lasting(43)};
  auto options = lasting(44);
  options.dial = {a.address()};
  auto b = std::make_unique<peer_process>(dialler, options);
  expect_flow(a, *b, "before");
  b->kill();
  a.wait_for_peer("disconnected", *b);
  wait_for_mesh(a, {});
  b = std::make_unique<peer_process>(dialler, options);
  expect_flow(a, *b, "after");
}

void other_listener_killed(const pairing& pair) {
  kill_listener(pair.other, pair.subject);
}

void subject_listener_killed(const pairing& pair) {
  kill_listener(pair.subject, pair.other);
}

void other_dialler_killed(const pairing& pair) {
  kill_dialler(pair.subject, pair.other);
}

void subject_dialler_killed(const pairing& pair) {
  kill_dialler(pair.other, pair.subject);
}

GRAPEVINE_INTEROP_CASE("the other is killed and found again",
                       other_listener_killed)
GRAPEVINE_INTEROP_CASE("the subject is killed and found again",
                       subject_listener_killed)
GRAPEVINE_INTEROP_CASE("the other is killed and comes back",
                       other_dialler_killed)
GRAPEVINE_INTEROP_CASE("the subject is killed and comes back",
                       subject_dialler_killed)

} // namespace
} // namespace grapevine::interop
