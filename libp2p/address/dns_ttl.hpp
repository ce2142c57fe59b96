#pragma once

#include "proto/bytes.hpp"

#include <chrono>
#include <optional>

namespace grapevine::libp2p {

/// How long all answers of a DNS message (RFC 1035) hold: the shortest of their
/// times to live. Nothing if it has no answers or is malformed. Resolvers that
/// hand over a message parsed may leave this out.
std::optional<std::chrono::seconds> dns_ttl(bytes_view message);

} // namespace grapevine::libp2p
