#pragma once

#include "gossip/trace_event.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace grapevine::interop {

/// The event that tells of an RPC; nothing for any other event of the node.
std::optional<nlohmann::json> describe_rpc(const gossip::trace_event& event);

} // namespace grapevine::interop
