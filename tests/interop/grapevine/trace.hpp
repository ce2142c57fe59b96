#pragma once

#include "gossip/trace/trace_event.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::interop {

/// The event that tells of an RPC which was received. It is made here because
/// the node's own traces show of extensions no more than go's tracers do.
nlohmann::json describe_received(const libp2p::peer_id& from,
                                 const proto::rpc& rpc,
                                 const gossip::message_ids& ids);

/// The event that tells of an RPC which was sent.
nlohmann::json describe_sent(const gossip::trace::rpc_sent& rpc);

} // namespace grapevine::interop
