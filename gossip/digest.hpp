#pragma once

#include "proto/bytes.hpp"

#include <string>

namespace grapevine::gossip {

/// The SHA-256 of `data`: 32 bytes.
std::string digest(bytes_view data);

} // namespace grapevine::gossip
