#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <string>

namespace grapevine::gossip {

/// The SHA-256 of some bytes.
using sha256_digest = std::array<char, 32>;

/// The SHA-256 of `data`, without memory of its own.
sha256_digest digest_of(bytes_view data);

/// The same as a string.
std::string digest(bytes_view data);

} // namespace grapevine::gossip
