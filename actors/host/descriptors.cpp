#include "actors/host/descriptors.hpp"

#include <algorithm>
#include <limits>
#include <sys/resource.h>

namespace grapevine {

descriptor_plan plan_descriptors(std::size_t limit, std::size_t max_peers,
                                 std::size_t max_handshakes) {
  constexpr std::size_t least_spare = 20;
  constexpr std::size_t most_spare = 512;
  const auto eighth = limit / 8;
  const auto spare =
      std::min(std::clamp(eighth, least_spare, most_spare), limit);
  const auto for_peers = limit - spare;
  const auto handshakes = std::min({max_handshakes, eighth, for_peers});
  return {std::min(max_peers, for_peers - handshakes), for_peers};
}

std::size_t descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0
      || limit.rlim_cur == RLIM_INFINITY)
    return std::numeric_limits<std::size_t>::max();
  return limit.rlim_cur;
}

} // namespace grapevine
