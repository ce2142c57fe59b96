#pragma once

#include "gossip/message/message.hpp"
#include "gossip/message/message_ids.hpp"
#include "gossip/message/reject_reason.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/rpc.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace grapevine::gossip {

/// What a trace tells of. The events, and what each of them says, are those of
/// go-libp2p-pubsub's tracers.
namespace trace {

/// A message in an RPC; the id is bytes.
struct message_meta {
  std::string id;
  std::string topic;
};

/// What an RPC carried, without the messages' data.
struct rpc_meta {
  std::vector<message_meta> messages;
  std::vector<proto::subscription> subscriptions;
  proto::control control;
};

/// This node published a message.
struct published {
  message_id id;
  std::string topic;
};

/// A message was rejected, ignored or dropped; `reason` is one of `reasons`.
struct rejected {
  message_id id;
  libp2p::peer_id from;
  std::string reason;
  std::string topic;
};

/// A copy of a message that was seen before.
struct duplicate {
  message_id id;
  libp2p::peer_id from;
  std::string topic;
};

/// A message is good: it goes to the subscribers and to the mesh. From this
/// node itself if it is its own.
struct delivered {
  message_id id;
  std::string topic;
  libp2p::peer_id from;
};

/// What is sent to the peer can arrive from now on.
struct stream_opened {
  libp2p::peer_id peer;
  std::string protocol;
};

/// A peer's stream of pubsub has ended.
struct stream_closed {
  libp2p::peer_id peer;
};

/// An RPC as it came, before anything of it is dropped.
struct rpc_received {
  libp2p::peer_id from;
  rpc_meta meta;
};

/// An RPC was given to the peer's stream.
struct rpc_sent {
  libp2p::peer_id to;
  rpc_meta meta;
};

/// What would have been an RPC did not fit into the peer's queue.
struct rpc_dropped {
  libp2p::peer_id to;
  rpc_meta meta;
};

/// This node subscribed.
struct joined {
  std::string topic;
};

/// This node unsubscribed.
struct left {
  std::string topic;
};

/// The peer is in the topic's mesh from now on, whoever grafted.
struct grafted {
  libp2p::peer_id peer;
  std::string topic;
};

/// The peer has left the topic's mesh, for whatever reason.
struct pruned {
  libp2p::peer_id peer;
  std::string topic;
};

using event = std::variant<published, rejected, duplicate, delivered,
                           stream_opened, stream_closed, rpc_received, rpc_sent,
                           rpc_dropped, joined, left, grafted, pruned>;

/// Why a message was turned down, in the words that go's tools know.
namespace reasons {
inline constexpr std::string_view blacklisted_peer = "blacklisted peer";
inline constexpr std::string_view blacklisted_author = "blacklisted source";
inline constexpr std::string_view missing_signature = "missing signature";
inline constexpr std::string_view unexpected_signature = "unexpected signature";
inline constexpr std::string_view unexpected_author = "unexpected auth info";
inline constexpr std::string_view invalid_signature = "invalid signature";
inline constexpr std::string_view queue_full = "validation queue full";
inline constexpr std::string_view throttled = "validation throttled";
inline constexpr std::string_view failed = "validation failed";
inline constexpr std::string_view ignored = "validation ignored";
} // namespace reasons

/// The word for a rejection.
std::string_view reason_text(reject_reason reason);

/// What a decoded RPC carries. `id_of` names its messages.
rpc_meta meta_of(const proto::rpc& rpc, const message_ids& ids);

/// What a frame carries, its length included; nothing if it is malformed.
rpc_meta meta_of_frame(bytes_view frame, const message_ids& ids);

/// The RPC that carries `msg` alone.
rpc_meta meta_of(const message& msg);

/// The RPC that carries `ctrl` alone.
rpc_meta meta_of(proto::control ctrl);

/// Some upper bound of the memory that an event takes: what waits to be written
/// is bounded by it.
std::size_t footprint(const event& what);

} // namespace trace

/// Something that happened, and when by the wall clock.
struct trace_event {
  using wall_time = std::chrono::time_point<std::chrono::system_clock,
                                            std::chrono::nanoseconds>;

  wall_time when;
  trace::event what;
};

} // namespace grapevine::gossip
