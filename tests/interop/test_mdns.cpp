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

void meet(const implementation& early, const implementation& late) {
  const test::own_network network;
  if (!enter_lan(network))
    return;
  peer_process first{early, on_lan()};
  peer_process second{late, on_lan()};
  first.wait_for_peer("connected", second);
  second.wait_for_peer("connected", first);
  wait_for_link(first, second);
  expect_delivery(first, {&second}, payload::of_text("found you"), {});
  expect_delivery(second, {&first}, payload::of_text("here I am"), {});
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

GRAPEVINE_INTEROP_GO_CASE("a peer that comes later is found by mDNS",
                          subject_first)
GRAPEVINE_INTEROP_GO_CASE("the subject finds a peer that was there by mDNS",
                          other_first)
GRAPEVINE_INTEROP_GO_CASE("the other understands the subject's mDNS",
                          other_finds_subject)

} // namespace
} // namespace grapevine::interop
