#pragma once

#include <chrono>
#include <cstddef>

namespace grapevine::peer_limits {

/// Bytes read from one socket in one turn, so that other peers get theirs.
inline constexpr std::size_t read_budget = std::size_t{128} * 1024;

/// Bytes handed to the session ahead of what the socket takes: enough to fill
/// the pipe, little enough that the queue's order and IDONTWANT still matter
/// for the rest.
inline constexpr std::size_t write_ahead = std::size_t{128} * 1024;

/// Messages and bytes of a peer that are read but not yet decided. Beyond, its
/// socket is not read until verdicts return, which takes milliseconds.
inline constexpr std::size_t undecided_messages = 2048;
inline constexpr std::size_t undecided_bytes = std::size_t{8} * 1024 * 1024;

/// Connections to one peer at once. Two come about when both sides dial; more
/// are of no use. rust: 1 by default in some configurations, go: 8.
inline constexpr std::size_t links = 4;

/// Pubsub streams of a peer that are read at once: one on each connection. A
/// further one takes the place of the oldest.
inline constexpr std::size_t inbound_streams = links;

/// How long an older connection has for a sign of life once its peer has made
/// another one; `ping_timeout` if that is less. It may be the one that a peer
/// has lost on its way to a new address.
inline constexpr std::chrono::seconds probe_timeout{5};

/// Without a pong for so long our stream moves to the connection on which the
/// peer's newest is. It costs little to be wrong: the other connection works.
inline constexpr std::chrono::milliseconds move_pause{500};

/// What malformed RPCs count for (P7): each has cost the peer its stream, so
/// nine in ten minutes are graylisted by the standard profile.
inline constexpr double malformed_penalty = 1;

/// How often a peer's changed addresses are looked at.
inline constexpr std::chrono::seconds record_pause{10};

/// Pause before the outbound stream is opened again after it was lost; it
/// doubles with each loss. rust gives up on a connection after five pubsub
/// streams, so a peer gets as many tries.
inline constexpr std::chrono::milliseconds reopen_pause{250};
inline constexpr unsigned reopen_tries = 4;

/// An outbound stream that lived this long was no failure when it is lost.
inline constexpr std::chrono::seconds stable_stream{60};

/// How often a peer that is held back, as the RPCs that others have begun use
/// up the node's budget, looks whether there is room.
inline constexpr std::chrono::milliseconds crowded_poll{100};

/// What it counts as misbehaviour (P7) not to finish an RPC in time, and in the
/// shorter time that there is while the budget is short.
inline constexpr double unfinished_penalty = 3;
inline constexpr double crowded_penalty = 1;

/// Heartbeats for which messages may wait for a peer before it reads slowly: as
/// long as it can ask for what was dropped. Until then it is a burst.
inline constexpr int burst_heartbeats = 5;

/// How often a stopping peer looks whether the other side has everything.
inline constexpr std::chrono::milliseconds stop_poll{5};

/// How long the other side has to end its half of our stream, once it has all
/// of it and our end, before we say go-away. py-libp2p drops what it has not
/// read when that comes; go, rust and we end at once.
inline constexpr std::chrono::milliseconds end_wait{300};

/// How long a peer that is disconnected on request has to take what waits.
inline constexpr std::chrono::milliseconds farewell{1'000};

} // namespace grapevine::peer_limits
