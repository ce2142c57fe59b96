#pragma once

#include "proto/rpc.hpp"

namespace grapevine::proto {

/// Fills `msg`, which is fresh, with the fields of an encoded Message. False if
/// it is malformed. The part of the codec that RPCs and single messages share.
bool scan_message(bytes_view encoded, message_view& msg) noexcept;

} // namespace grapevine::proto
