#pragma once

#include "actors/host/host_settings.hpp"
#include "gossip/cache/gater_parameters.hpp"
#include "gossip/cache/seen_strategy.hpp"
#include "gossip/limits.hpp"
#include "gossip/message/signing_policy.hpp"
#include "gossip/parameters.hpp"
#include "gossip/score/score_profiles.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/limits.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api_types.hpp"
#include "messages/changeable_settings.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// How a node answers identify, unless configured otherwise.
std::string default_agent_version();

/// What of a node is a plain value: numbers, flags, addresses and names, with
/// their defaults. These make a node that any other implementation talks to.
struct node_settings : host_settings, changeable_settings {
  node_settings() {
    use_scoring(gossip::scoring_of(gossip::score_profile::standard));
  }

  /// Where it listens: `/ip4|ip6/…/tcp/…`; port 0 takes a free one.
  std::vector<libp2p::multiaddr> listen;

  /// Topics that are published to and never joined.
  std::set<std::string, std::less<>> publish_only;

  /// What messages must carry; all nodes of a network use the same.
  gossip::signing_policy policy = gossip::signing_policy::strict_sign;

  /// The mesh.
  gossip::parameters params;

  /// Scores by one of the ready profiles: `score`, and in `params.thresholds`
  /// what follows from it.
  void use_scoring(gossip::scoring scoring) {
    score = std::move(scoring.parameters);
    params.thresholds = scoring.thresholds;
  }

  /// Protects validation when there is too much of it; off without.
  std::optional<gossip::gater_parameters> gater;

  /// Announces partial messages (GossipSub 1.3), which topics then take part in
  /// by `set_partial_topic`.
  bool partial_messages = false;

  /// Announces the test extension of GossipSub 1.3, which does nothing.
  bool test_extension = false;

  /// Until when an id counts as seen.
  gossip::seen_strategy seen = gossip::seen_strategy::first_seen;

  /// Ids of messages that are remembered, of some 130 bytes each; beyond, the
  /// oldest are forgotten before `params.timers.seen_ttl` is over. Not set: by
  /// the memory of the machine or container (`gossip::cache_sizes`).
  std::optional<std::size_t> max_seen_ids;

  /// Bytes of the messages that peers may ask for; beyond, the oldest go before
  /// `params.gossip.history_length` heartbeats are over. Not set: likewise.
  std::optional<std::size_t> max_window_bytes;

  /// Ignores messages whose number is not above the author's last one: against
  /// replays after the seen ids have expired.
  bool monotonic_seqno = false;

  /// Dials peers at private and loopback addresses that others offer in a
  /// PRUNE.
  bool dial_private_offers = true;

  /// Finds peers of private networks by mDNS, and lets them find the node.
  bool mdns = false;

  /// Bytes of one RPC, in either direction, without its length.
  std::size_t max_rpc_size = gossip::limits::rpc_size;

  /// Messages, and bytes of them, that may wait for one peer; further ones are
  /// dropped. At least 32 of the largest always may.
  std::size_t send_queue_messages = gossip::limits::payload_lane_messages;
  std::size_t send_queue_bytes = gossip::limits::payload_lane_bytes;

  /// Bytes of all frames that wait for all peers together. As it fills up,
  /// answers to IWANT and gossip are dropped first. Not set: 256 MiB, or 32 of
  /// the largest RPCs if that is more.
  std::optional<std::size_t> max_queued_bytes;

  /// Bytes of all RPCs together that peers have begun and not yet finished. Not
  /// set: 64 MiB, or 16 of the largest RPCs if that is more.
  std::optional<std::size_t> max_unfinished_bytes;

  /// Messages of the application, and bytes of them, that the node has been
  /// given and has not published yet; it answers further ones `busy`. A single
  /// one always may.
  std::size_t max_publishing = 4'096;
  std::size_t max_publishing_bytes = std::size_t{16} << 20;

  /// From an RPC's first byte to its last; a sixth of it once half of
  /// `max_unfinished_bytes` is used, a thirtieth for large ones when all is,
  /// and what it takes at 4 MiB/s beyond the first MiB.
  std::chrono::milliseconds rpc_timeout{30'000};

  /// The file that known peers and bans are kept in over a restart
  /// (`peer_store`); made if there is none. Empty: they are forgotten.
  std::string peer_store;

  /// Bounds of one connection.
  libp2p::session_limits session;

  /// Pauses between two dials of a peer in `peers`: they double from the first
  /// to the last of these, each drawn from its upper half (jitter).
  std::chrono::milliseconds redial_min{200};
  std::chrono::milliseconds redial_max{60'000};

  /// How many of the peers that a name in `peers` has it stays connected to,
  /// drawn at random.
  std::size_t peers_per_name = 12;

  /// Validators; 0: one for each core.
  std::size_t validators = 0;

  /// As identify tells it.
  std::string agent_version = default_agent_version();

  /// Writes what happens to a file, in the format of go-libp2p-pubsub's
  /// tracers; without a path to none.
  trace_options trace;
};

} // namespace grapevine
