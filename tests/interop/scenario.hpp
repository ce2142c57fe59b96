#pragma once

#include "tests/interop/peer_process.hpp"

#include <initializer_list>
#include <vector>

namespace grapevine::interop {

/// Peers that take part together.
using peer_list = std::vector<peer_process*>;

/// Waits until the mesh of `peer` consists of `neighbours` and nobody else.
void wait_for_mesh(peer_process& peer, const peer_list& neighbours,
                   const std::string& topic = default_topic);

/// Waits until the mesh of `peer` has consisted of `neighbours` for more than
/// two heartbeats. A peer that was pruned is not grafted again for a minute,
/// so that after this the mesh stays as it is.
void wait_for_stable_mesh(peer_process& peer, const peer_list& neighbours,
                          const std::string& topic = default_topic);

/// Waits until two peers are in each other's mesh and in nobody else's.
void wait_for_link(peer_process& a, peer_process& b,
                   const std::string& topic = default_topic);

/// Publishes `data` and waits until every receiver has reported it as it must
/// be: content, author and sequence number.
void expect_delivery(peer_process& publisher, const peer_list& receivers,
                     const payload& data, policy signing,
                     const std::string& topic = default_topic);

/// Waits until `receiver` reports `data` by `author`.
void expect_message(peer_process& receiver, const peer_process& author,
                    const payload& data, policy signing,
                    const std::string& topic = default_topic);

/// The protocol that `peer` speaks to `other`; empty when it has no stream.
std::string protocol_to(peer_process& peer, const peer_process& other);

/// The score that `peer`, which keeps some, has for `other`.
double score_of(peer_process& peer, const peer_process& other);

/// How often `peer` has reported `data` so far.
std::size_t times_received(const peer_process& peer, const payload& data);

} // namespace grapevine::interop
