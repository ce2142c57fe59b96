#include "gossip/mesh/fanout.hpp"

namespace grapevine::gossip {

void fanout::touch(time_point now) noexcept {
  published = now;
  active = true;
}

bool fanout::expired(time_point now,
                     std::chrono::milliseconds ttl) const noexcept {
  return active && now - published >= ttl;
}

void fanout::clear() noexcept {
  peers.clear();
  active = false;
}

} // namespace grapevine::gossip
