#pragma once

#include "libp2p/base/time_point.hpp"

#include <cstddef>

namespace grapevine::gossip {

/// Bounds of the message path: defaults of the options that carry them.
namespace limits {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

/// Bytes of one RPC, in and out, without its length. go-libp2p-pubsub and nim
/// take 1 MiB, js 4 MiB, rust-libp2p 64 KiB unless configured.
inline constexpr std::size_t rpc_size = mib;

/// Message ids that are remembered as seen, unless configured or chosen by the
/// machine's memory (`cache_sizes`). Some 130 bytes each, so 130 MiB when full;
/// a full cache forgets the oldest early. 120 s of 8,700 messages per second;
/// go, rust and js have the time limit alone.
inline constexpr std::size_t seen_entries = 1'048'576;

/// How long an id stays seen, counted from its first arrival: the 120 s of the
/// specification, go and js.
inline constexpr std::chrono::seconds seen_ttl{120};

/// Windows (heartbeats) that a message can be asked for by IWANT, as
/// everywhere.
inline constexpr std::size_t history_length = 5;

/// Heartbeats without anybody in a topic's mesh, though it has peers, after
/// which that is told: newcomers are refused for some of them as a rule.
inline constexpr std::size_t empty_mesh_heartbeats = 10;

/// Windows whose ids are gossiped, as everywhere.
inline constexpr std::size_t history_gossip = 3;

/// Copies of one message that one peer gets by IWANT, as everywhere.
inline constexpr std::size_t retransmissions = 3;

/// Bytes of the messages in all windows, unless configured or chosen by the
/// machine's memory (`cache_sizes`); beyond, the oldest go early. The others
/// have no such bound; 5 s of 100 Mbit/s is 64 MiB.
inline constexpr std::size_t window_bytes = 64 * mib;

/// Messages under validation at once, go's bound of asynchronous validations;
/// beyond, new ones are throttled.
inline constexpr std::size_t validations = 8192;

/// Bytes of all messages under validation and of the differing copies beside
/// them: as many as the windows hold.
inline constexpr std::size_t validation_bytes = 64 * mib;

/// Peers remembered as forwarders of one message under validation. A message
/// comes from the mesh (at most 12) and from answered IWANTs.
inline constexpr std::size_t forwarders = 128;

/// Copies of one id that differ in bytes and wait for the first one's verdict.
/// Honest ones hardly ever differ; more are dropped without being remembered,
/// so that a later copy gets its chance.
inline constexpr std::size_t differing_copies = 16;

/// Digests of rejected messages, kept to recognise further copies of the same
/// bytes without validating them again. Some 150 bytes each.
inline constexpr std::size_t rejected_entries = 16'384;

/// Senders of accepted messages remembered within the delivery window, over all
/// messages. 64 bytes each, so 16 MiB when full: 2 s of 8,700 messages per
/// second from 15 peers each.
inline constexpr std::size_t delivery_entries = 262'144;

/// Authors whose highest sequence number is remembered, where that is wanted.
/// Some 200 bytes each.
inline constexpr std::size_t seqno_authors = 65'536;

/// Bytes of subscriptions and control waiting for one peer: a thousand topics
/// of the longest name. Full means the peer does not read: give it up.
inline constexpr std::size_t control_lane_bytes = mib;

/// Messages and bytes waiting for one peer. go has 32 RPCs of up to 1 MiB, rust
/// 5,000 messages.
inline constexpr std::size_t payload_lane_messages = 4096;
inline constexpr std::size_t payload_lane_bytes = 8 * mib;

/// Of the largest RPCs, how many may wait for one peer in any case, as in go:
/// what a node relays when as many publish at once.
inline constexpr std::size_t lane_rpcs = 32;

/// Ids of messages dropped on the way to one peer that are told to it by IHAVE
/// when it has read the rest. Some 150 bytes each.
inline constexpr std::size_t missed_ids = 1000;

/// Bytes of a lane, and ids of gossip, that may wait for one peer even when
/// others have used up the node's budget: honest ones must not starve.
inline constexpr std::size_t lane_share_bytes = 256 * kib;
inline constexpr std::size_t lane_share_ids = 500;

/// Bytes of the frames that wait for all peers, each counted once however many
/// wait for it: a quarter of a small machine. go and rust bound each peer
/// alone.
inline constexpr std::size_t queued_bytes = 256 * mib;

/// Bytes of the RPCs that all peers have begun and not finished: 64 of the
/// largest at once. An RPC is unfinished for milliseconds as a rule.
inline constexpr std::size_t unfinished_bytes = 64 * mib;

/// Where a node's largest RPC is larger than by default, so many of them fit
/// into the bounds above and under validation: as many publishers at once.
inline constexpr std::size_t largest_queued = lane_rpcs;
inline constexpr std::size_t largest_unfinished = 16;
inline constexpr std::size_t largest_validating = 16;

/// Bytes of one peer's unfinished RPC that are not counted: a small message
/// often comes in two reads. And those from which on it is held back, or given
/// up, when the others' have used up the budget.
inline constexpr std::size_t unfinished_uncounted = 4 * kib;
inline constexpr std::size_t unfinished_share = 64 * kib;

/// Partial messages waiting for one peer: as many as full ones.
inline constexpr std::size_t partial_lane_frames = 4096;
inline constexpr std::size_t partial_lane_bytes = 8 * mib;

/// Answers to IWANT waiting for one peer: one heartbeat's requests (5,000 ids)
/// and go's 32 RPCs of 1 MiB. They are references to what the windows hold.
inline constexpr std::size_t answer_lane_messages = 5000;
inline constexpr std::size_t answer_lane_bytes = 32 * mib;

/// Ids of IHAVE and IWANT waiting for one peer: those of one heartbeat in each
/// direction, 5,000 as everywhere.
inline constexpr std::size_t gossip_lane_ids = 10'000;

/// Ids that one peer does not want, and bytes of them: 10 ids of 1,000
/// IDONTWANT in each of three heartbeats, 1.2's limits, of some 130 bytes each.
inline constexpr std::size_t idontwant_ids = 30'000;
inline constexpr std::size_t idontwant_bytes = 4 * mib;

/// Ids of IDONTWANT waiting for one peer: beyond, they would come too late.
inline constexpr std::size_t idontwant_lane_ids = 1000;

/// Peers whose signed addresses are remembered after they were connected, and
/// for how long: as long as go keeps the addresses of recent peers.
inline constexpr std::size_t known_peers = 4096;
inline constexpr std::chrono::hours record_ttl{1};

} // namespace limits

} // namespace grapevine::gossip
