#include "gossip/mesh/mesh_effects.hpp"

namespace grapevine::gossip {

bool mesh_effects::empty() const noexcept {
  return announcements.empty() && control.empty() && gossip.empty()
         && px.empty() && events.empty();
}

void mesh_effects::clear() noexcept {
  announcements.clear();
  control.clear();
  gossip.clear();
  px.clear();
  events.clear();
  offers.clear();
  control_index_.clear();
}

void mesh_effects::graft(peer_handle to, std::string_view topic) {
  control[control_of(to)].grafts.emplace_back(topic);
}

void mesh_effects::prune(peer_handle to, std::string_view topic,
                         std::optional<std::chrono::seconds> backoff,
                         bool offer) {
  const std::size_t index = control_of(to);
  auto& prunes = control[index].prunes;
  if (offer)
    offers.push_back({index, prunes.size()});
  prunes.push_back({std::string{topic}, {}, backoff});
}

void mesh_effects::report(mesh_event_kind kind, peer_handle peer,
                          std::string_view topic) {
  events.push_back({kind, peer, std::string{topic}});
}

void mesh_effects::tell_of(std::string_view topic, peer_handle peer,
                           std::size_t windows) {
  if (gossip.empty() || gossip.back().topic != topic
      || gossip.back().windows != windows)
    gossip.push_back({std::string{topic}, {}, windows});
  gossip.back().peers.push_back(peer);
}

std::size_t mesh_effects::control_of(peer_handle to) {
  const auto [i, added] = control_index_.emplace(to, control.size());
  if (added)
    control.push_back({to, {}, {}});
  return i->second;
}

} // namespace grapevine::gossip
