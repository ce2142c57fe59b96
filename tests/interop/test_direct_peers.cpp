#include "tests/interop/cases.hpp"
#include "tests/interop/rpc_events.hpp"

namespace grapevine::interop {
namespace {

/// Where the peer of this seed would be, had it an address: the one that is
/// dialled need not know how to dial.
std::string unreachable(const implementation& program, std::uint64_t seed) {
  peer_options options;
  options.identity_seed = seed;
  return "/ip4/127.0.0.1/tcp/1/p2p/" + peer_process(program, options).id();
}

/// Direct peers connect without being told to, keep out of each other's mesh
/// and get every message all the same.
void agree(const implementation& listener, const implementation& dialler) {
  peer_options options;
  options.trace = true;
  options.identity_seed = 51;
  options.direct = {unreachable(dialler, 52)};
  peer_process a{listener, options};
  options.identity_seed = 52;
  options.direct = {a.address()};
  peer_process b{dialler, options};
  a.wait_for_subscription(b);
  b.wait_for_subscription(a);
  wait_for_stable_mesh(a, {});
  wait_for_stable_mesh(b, {});
  expect_delivery(a, {&b}, payload::of_text("straight to you"), {});
  expect_delivery(b, {&a}, payload::of_text("and back"), {});
  expect_delivery(a, {&b}, payload::of_random(21, 100'000), {});
  expect_delivery(b, {&a}, payload::of_random(22, 100'000), {});
  CHECK(a.count(rpc_from(b, has_graft())) == 0);
  CHECK(b.count(rpc_from(a, has_graft())) == 0);
}

void subject_dials(const pairing& pair) {
  agree(pair.other, pair.subject);
}

void subject_listens(const pairing& pair) {
  agree(pair.subject, pair.other);
}

/// A direct peer that relays: it has a mesh with others and passes on to its
/// direct peer what it gets there.
void relay(const implementation& ends, const implementation& middle) {
  peer_process author{ends, {}};
  peer_options options;
  options.identity_seed = 53;
  options.dial = {author.address()};
  options.direct = {unreachable(ends, 54)};
  peer_process between{middle, options};
  peer_options last;
  last.identity_seed = 54;
  last.direct = {between.address()};
  peer_process end{ends, last};
  between.wait_for_subscription(end);
  end.wait_for_subscription(between);
  wait_for_link(author, between);
  CHECK(end.mesh().empty());
  expect_delivery(author, {&between, &end}, payload::of_text("pass it on"), {});
  expect_delivery(end, {&between, &author}, payload::of_text("will do"), {});
}

void subject_relays(const pairing& pair) {
  relay(pair.other, pair.subject);
}

void other_relays(const pairing& pair) {
  relay(pair.subject, pair.other);
}

GRAPEVINE_INTEROP_GO_CASE("direct peers, the subject dials", subject_dials)
GRAPEVINE_INTEROP_GO_CASE("direct peers, the subject listens", subject_listens)
GRAPEVINE_INTEROP_GO_CASE("the subject relays to a direct peer", subject_relays)
GRAPEVINE_INTEROP_GO_CASE("the other relays to a direct subject", other_relays)

} // namespace
} // namespace grapevine::interop
