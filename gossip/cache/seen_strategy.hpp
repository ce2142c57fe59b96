#pragma once

#include <cstdint>

namespace grapevine::gossip {

/// From when on an id's time to live is counted.
enum class seen_strategy : std::uint8_t {
  /// From its first arrival: it is new again when that is long enough ago.
  first_seen,
  /// From its latest: it stays for as long as copies of it go around.
  last_seen,
};

} // namespace grapevine::gossip
