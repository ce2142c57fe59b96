#pragma once

#include "actors/host/link_limits.hpp"

#include <chrono>
#include <cstddef>

namespace grapevine::peer_limits {

/// Bytes handed to the session ahead of what the socket takes: enough to fill
/// the pipe, little enough that the queue's order and IDONTWANT still matter
/// for the rest.
inline constexpr std::size_t write_ahead = std::size_t{128} * 1024;

/// Messages and bytes of a peer that are read but not yet decided. Beyond, its
/// socket is not read until verdicts return, which takes milliseconds.
inline constexpr std::size_t undecided_messages = 2048;
inline constexpr std::size_t undecided_bytes = std::size_t{8} * 1024 * 1024;

/// Pubsub streams of a peer that are read at once: one on each connection. A
/// further one takes the place of the oldest.
inline constexpr std::size_t inbound_streams = link_limits::links;

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

/// At what rate the part of an RPC that is beyond the usual size must come, at
/// least, while the budget is short: 4 MiB/s.
/// Sixteen large ones may share the node's line and cores.
inline constexpr std::size_t crowded_bytes_per_ms = 4'194;

/// What it counts as misbehaviour (P7) not to finish an RPC in time, and in the
/// shorter time that there is while the budget is short.
inline constexpr double unfinished_penalty = 3;
inline constexpr double crowded_penalty = 1;

/// Heartbeats for which messages may wait for a peer before it reads slowly: as
/// long as it can ask for what was dropped. Until then it is a burst.
inline constexpr int burst_heartbeats = 5;

/// How long the other side has to end its half of our stream, once it has all
/// of it and our end, before we say go-away. py-libp2p drops what it has not
/// read when that comes; go, rust and we end at once.
inline constexpr std::chrono::milliseconds end_wait{300};

/// From so many ids on an IHAVE is encoded for all peers that are told of them.
/// Fewer go into one RPC with what else waits, for less.
inline constexpr std::size_t shared_ihave_ids = 64;

} // namespace grapevine::peer_limits
