#include "actors/host/peer_link.hpp"

#include "gossip/protocol.hpp"

#include <algorithm>

namespace grapevine {

std::vector<std::string> peer_link::pubsub_protocols() const {
  std::vector<std::string> result;
  for (const auto version : gossip::offered_versions()) {
    const auto id = gossip::protocol_id(version);
    if (!protocols || std::ranges::find(*protocols, id) != protocols->end())
      result.emplace_back(id);
  }
  return result;
}

} // namespace grapevine
