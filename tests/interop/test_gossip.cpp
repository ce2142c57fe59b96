#include "tests/interop/cases.hpp"

namespace grapevine::interop {
namespace {

/// A line of three: the last peer keeps out of every mesh and so learns of a
/// message only from the middle one's IHAVE, and gets it only by IWANT.
void recover_by_gossip(const implementation& ends, const implementation& middle,
                       policy signing) {
  peer_options options{.signing = signing};
  peer_process author{ends, options};
  options.no_mesh = true;
  peer_process outsider{ends, options};
  options.no_mesh = false;
  // The middle one dials, so that the outsider refuses its GRAFT at once.
  options.dial = {author.address(), outsider.address()};
  peer_process relay{middle, options};
  relay.wait_for_subscription(author);
  relay.wait_for_subscription(outsider);
  wait_for_mesh(author, {&relay});
  wait_for_stable_mesh(relay, {&author});
  CHECK(outsider.mesh().empty());

  const auto small = payload::of_text("have you heard?");
  const auto large = payload::of_random(5, 900 * 1024);
  expect_delivery(author, {&relay, &outsider}, small, signing);
  expect_delivery(author, {&relay, &outsider}, large, signing);
  CHECK(outsider.mesh().empty());
  wait_for_mesh(relay, {&author});
  for (const auto* peer : {&relay, &outsider})
    for (const auto* data : {&small, &large})
      CHECK(times_received(*peer, *data) == 1);
}

/// The subject announces by IHAVE and answers IWANT.
void subject_announces(const pairing& pair) {
  recover_by_gossip(pair.other, pair.subject, policy::strict_sign);
}

/// The subject asks by IWANT.
void subject_asks(const pairing& pair) {
  recover_by_gossip(pair.subject, pair.other, policy::strict_sign);
}

void subject_announces_unsigned(const pairing& pair) {
  recover_by_gossip(pair.other, pair.subject, policy::strict_no_sign);
}

void subject_asks_unsigned(const pairing& pair) {
  recover_by_gossip(pair.subject, pair.other, policy::strict_no_sign);
}

GRAPEVINE_INTEROP_CASE("the other recovers signed messages by gossip",
                       subject_announces)
GRAPEVINE_INTEROP_NO_PY_CASE("the subject recovers signed messages by gossip",
                             subject_asks)
GRAPEVINE_INTEROP_NO_PY_CASE("the other recovers unsigned messages by gossip",
                             subject_announces_unsigned)
GRAPEVINE_INTEROP_NO_PY_CASE("the subject recovers unsigned messages by gossip",
                             subject_asks_unsigned)

} // namespace
} // namespace grapevine::interop
