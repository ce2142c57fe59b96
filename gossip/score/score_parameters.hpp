#pragma once

#include "gossip/parameters.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::gossip {

// What a peer's score is made of (gossipsub-v1.1, "The Score Function"):
//
//   topic_cap(sum over topics of weight * (P1 + P2 + P3 + P3b + P4))
//     + P5 + P6 + P7 + slow peers
//
// each with the weight of its own below. Weights that reward are not negative,
// weights that penalise are not positive, 0 switches a part off. A decay is
// what a counter is multiplied with at each `decay_interval`; `decay_for` makes
// it from the time in which a counter of 1 fades.

/// P1: for how long the peer has been in the topic's mesh.
struct time_in_mesh_parameters {
  double weight = 0;
  /// The time that counts 1; a part of it counts nothing.
  std::chrono::nanoseconds quantum = std::chrono::seconds{1};
  /// The most that it counts.
  double cap = 0;

  friend bool operator==(const time_in_mesh_parameters&,
                         const time_in_mesh_parameters&) = default;
};

/// P2: messages that the peer was the first to deliver, in the mesh or not.
struct first_delivery_parameters {
  double weight = 0;
  double decay = 0;
  /// The most that is counted.
  double cap = 0;

  friend bool operator==(const first_delivery_parameters&,
                         const first_delivery_parameters&) = default;
};

/// P3: messages that a peer of the mesh delivered first, or not much later
/// than the first. Too few give the square of what is missing. Only for topics
/// whose rate of messages is known: where there are none, everyone has too few.
struct mesh_delivery_parameters {
  double weight = 0;
  double decay = 0;
  /// The most that is counted; at least `threshold`.
  double cap = 0;
  /// From it on nothing is missing.
  double threshold = 0;
  /// How long after the finding on a message a copy of it still counts. The
  /// specification wants some milliseconds, so that nobody earns by sending
  /// back what we sent.
  std::chrono::nanoseconds window{0};
  /// How long a peer is in the mesh before this applies.
  std::chrono::nanoseconds activation{0};

  friend bool operator==(const mesh_delivery_parameters&,
                         const mesh_delivery_parameters&) = default;
};

/// P3b: what was missing (squared) when the peer left the mesh, so that it does
/// not come back at once.
struct mesh_failure_parameters {
  double weight = 0;
  double decay = 0;

  friend bool operator==(const mesh_failure_parameters&,
                         const mesh_failure_parameters&) = default;
};

/// P4: the square of the number of invalid messages.
struct invalid_message_parameters {
  double weight = 0;
  double decay = 0;

  friend bool operator==(const invalid_message_parameters&,
                         const invalid_message_parameters&) = default;
};

/// How what a peer does in one topic counts. By default it does not.
struct topic_score_parameters {
  /// Multiplies the whole topic; not negative.
  double weight = 1;
  time_in_mesh_parameters time_in_mesh;
  first_delivery_parameters first_deliveries;
  mesh_delivery_parameters mesh_deliveries;
  mesh_failure_parameters mesh_failures;
  invalid_message_parameters invalid_messages;

  friend bool operator==(const topic_score_parameters&,
                         const topic_score_parameters&) = default;
};

/// P6: the square of the number of peers at one IP address beyond the
/// threshold. An IPv6 address counts, and its /64, which one host can have all
/// of; loopback addresses do not.
struct colocation_parameters {
  double weight = 0;
  /// Peers that one address may have; at least 1.
  std::size_t threshold = 1;
  /// Addresses that may have any number, such as a known gateway.
  std::vector<libp2p::ip_prefix> whitelist;

  friend bool operator==(const colocation_parameters&,
                         const colocation_parameters&) = default;
};

/// A counter of misbehaviour that fades; what exceeds the threshold counts.
struct misbehaviour_parameters {
  double weight = 0;
  double threshold = 0;
  double decay = 0;

  friend bool operator==(const misbehaviour_parameters&,
                         const misbehaviour_parameters&) = default;
};

using topic_score_map = libp2p::keyed_string_map<topic_score_parameters>;

/// Everything that scores are computed with. The default-constructed ones score
/// nothing: every peer has 0.
struct score_parameters {
  /// Topics with parameters of their own.
  topic_score_map topics;
  /// For all other topics; without it they do not count.
  std::optional<topic_score_parameters> default_topic;
  /// The most that all topics together may give; 0: no cap. They may take any
  /// amount. Keeps good service from paying for much misbehaviour.
  double topic_cap = 0;
  /// P5: multiplies the score that the application gives, of any sign.
  double application_weight = 1;
  /// P6.
  colocation_parameters colocation;
  /// P7: GRAFT in backoff, broken promises and the like, squared.
  misbehaviour_parameters behaviour;
  /// What was dropped because the peer reads too slowly; not squared, as one
  /// burst can drop many. As nim-libp2p and rust-libp2p have it, apart from P7,
  /// because it is no malice and must fade in seconds.
  misbehaviour_parameters slow_peers;
  /// Between two decays; at least 1 s.
  std::chrono::nanoseconds decay_interval = std::chrono::seconds{1};
  /// A counter below it is zero.
  double decay_to_zero = 0.01;
  /// How long the counters of a peer that left are remembered, undiminished;
  /// only if its score is not positive.
  std::chrono::nanoseconds retention{0};

  friend bool operator==(const score_parameters&,
                         const score_parameters&) = default;
};

/// What peer_score remembers, so that nobody can fill its memory.
struct score_limits {
  /// Topics that have the default parameters and that some peer did something
  /// in. Callers name only topics of their own, so it is not met.
  std::size_t topics = 4'096;
  /// Peers that are gone with a score to remember; the one to be forgotten
  /// first makes room.
  std::size_t retained_peers = 16'384;
  /// Addresses of one peer.
  std::size_t addresses_per_peer = 16;
};

/// The factor that takes a counter from 1 to `to_zero` within `duration`, when
/// applied at each `interval`. 0 if `duration` is none.
double decay_for(std::chrono::nanoseconds duration,
                 std::chrono::nanoseconds interval = std::chrono::seconds{1},
                 double to_zero = 0.01);

/// Checks `p` against the specification's rules; the first broken one.
expected<void, parameter_error> validate(const topic_score_parameters& p);
expected<void, parameter_error> validate(const score_parameters& p);

} // namespace grapevine::gossip
