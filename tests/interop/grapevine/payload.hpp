#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace grapevine::interop {

/// The deterministic payload of the line protocol.
bytes make_payload(std::uint64_t seed, std::size_t size);

} // namespace grapevine::interop
