#include "tests/interop/cases.hpp"
#include "tests/support/own_network.hpp"

namespace grapevine::interop {
namespace {

peer_options on_lan() {
  peer_options options;
  options.listen = "/ip4/10.99.0.1/tcp/0";
  options.mdns = true;
  return options;
}

/// The peers inherit the network of whoever starts them.
bool enter_lan(const test::own_network& network) {
  return network && test::own_network::add_interface("lan", "10.99.0.1/24")
         && test::own_network::ip("route add 224.0.0.0/4 dev lan");
}

// There is nothing of IPv4 on it.
bool enter_lan6(const test::own_network& network) {
  return network && test::own_network::has_ip6()
         && test::own_network::add_interface6("lan", "fe80::99/64")
         && test::own_network::ip("addr add fd00:99::1/64 dev lan nodad");
}

void meet_there(const implementation& early, const implementation& late,
                const peer_options& how) {
  peer_process first{early, how};
  peer_process second{late, how};
  first.wait_for_peer("connected", second);
  second.wait_for_peer("connected", first);
  wait_for_link(first, second);
  expect_delivery(first, {&second}, payload::of_text("found you"), {});
  expect_delivery(second, {&first}, payload::of_text("here I am"), {});
}

void meet(const implementation& early, const implementation& late) {
  const test::own_network network;
  if (enter_lan(network))
    meet_there(early, late, on_lan());
}

/// js-libp2p asks by IPv4 alone, and rust-libp2p unless it is told otherwise.
void meet_by_ip6(const pairing& pair) {
  const test::own_network network;
  auto how = on_lan();
  how.listen = "/ip6/fd00:99::1/tcp/0";
  if (enter_lan6(network))
    meet_there(pair.subject, pair.other, how);
}

void subject_first(const pairing& pair) {
  meet(pair.subject, pair.other);
}

void other_first(const pairing& pair) {
  meet(pair.other, pair.subject);
}

/// Whoever dials first, each side has to understand what the other tells.
void other_finds_subject(const pairing& pair) {
  const test::own_network network;
  if (!enter_lan(network))
    return;
  peer_process subject{pair.subject, on_lan()};
  peer_process other{pair.other, on_lan()};
  other.wait_for("that it has found the subject", [&](const nlohmann::json& e) {
    return e.value("event", "") == "found"
           && e.value("peer", "") == subject.id();
  });
}

GRAPEVINE_INTEROP_NO_PY_CASE("a peer that comes later is found by mDNS",
                             subject_first)
GRAPEVINE_INTEROP_NO_PY_CASE("the subject finds a peer that was there by mDNS",
                             other_first)
GRAPEVINE_INTEROP_NO_PY_CASE("the other understands the subject's mDNS",
                             other_finds_subject)
GRAPEVINE_INTEROP_GO_CASE("a peer is found by mDNS over IPv6", meet_by_ip6)

} // namespace
} // namespace grapevine::interop
