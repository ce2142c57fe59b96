#include "tests/interop/cases.hpp"
#include "tests/interop/rpc_events.hpp"

namespace grapevine::interop {
namespace {

/// A leaf of a star, which takes the peers that the hub offers.
peer_options leaf_of(const peer_process& hub) {
  peer_options options;
  options.dial = {hub.address()};
  options.score = true;
  options.trace = true;
  return options;
}

/// A hub without a mesh of its own refuses the leaves' GRAFTs and offers them
/// each other: they connect, and go on without the hub. Exactly the second leaf
/// is offered a peer, as the first was alone when it was refused.
void meet_at(const implementation& center, const implementation& leaf1,
             const implementation& leaf2) {
  peer_options options{.no_mesh = true, .px = true};
  options.trace = true;
  peer_process hub{center, options};
  peer_process first{leaf1, leaf_of(hub)};
  hub.wait_for_subscription(first);
  peer_process second{leaf2, leaf_of(hub)};
  hub.wait_for("that it offers a peer", rpc_to(second, offers(first)));
  second.wait_for("an offer", rpc_from(hub, offers(first)));
  second.wait_for_peer("connected", first);
  first.wait_for_peer("connected", second);
  wait_for_link(first, second);
  hub.kill();
  first.wait_for_peer("disconnected", hub);
  second.wait_for_peer("disconnected", hub);
  expect_delivery(first, {&second}, payload::of_text("nice to meet you"), {});
  expect_delivery(second, {&first}, payload::of_text("likewise"), {});
}

void leaves_of_other(const pairing& pair) {
  meet_at(pair.other, pair.subject, pair.subject);
}

void leaves_of_subject(const pairing& pair) {
  meet_at(pair.subject, pair.other, pair.other);
}

void subject_is_offered(const pairing& pair) {
  meet_at(pair.other, pair.subject, pair.other);
}

void subject_is_offered_to(const pairing& pair) {
  meet_at(pair.other, pair.other, pair.subject);
}

void other_is_offered_by_subject(const pairing& pair) {
  meet_at(pair.subject, pair.other, pair.subject);
}

void other_is_offered_to_by_subject(const pairing& pair) {
  meet_at(pair.subject, pair.subject, pair.other);
}

/// Peers are offered only by who was told to: others keep to themselves whom
/// they know.
void silent_hub(const pairing& pair) {
  peer_options options{.no_mesh = true};
  peer_process hub{pair.subject, options};
  peer_process first{pair.other, leaf_of(hub)};
  hub.wait_for_subscription(first);
  peer_process second{pair.other, leaf_of(hub)};
  second.wait_for("a PRUNE", [&](const nlohmann::json& e) {
    return e.value("event", "") == "rpc_in" && e.at("peer") == hub.id()
           && e.contains("prune");
  });
  CHECK(second.count(rpc_from(hub, offers(first))) == 0);
}

GRAPEVINE_INTEROP_GO_CASE("two subjects meet through the other",
                          leaves_of_other)
GRAPEVINE_INTEROP_GO_CASE("two others meet through the subject",
                          leaves_of_subject)
GRAPEVINE_INTEROP_GO_CASE("the subject is offered by the other",
                          subject_is_offered)
GRAPEVINE_INTEROP_GO_CASE("the subject takes a peer from the other",
                          subject_is_offered_to)
GRAPEVINE_INTEROP_GO_CASE("the subject offers the other to a subject",
                          other_is_offered_by_subject)
GRAPEVINE_INTEROP_GO_CASE("the subject offers a subject to the other",
                          other_is_offered_to_by_subject)
GRAPEVINE_INTEROP_GO_CASE("the subject offers nobody unless told to",
                          silent_hub)

} // namespace
} // namespace grapevine::interop
