// Whom messages go to.
#include "gossip/router/router.hpp"

namespace grapevine::gossip {

void router::relay_to(const message& msg, std::optional<peer_handle> source,
                      std::span<const forwarder> forwarders,
                      std::vector<peer_handle>& out) const {
  const auto first = out.size();
  mesh_.relay_to(msg.topic(), source.value_or(peer_handle{}), msg.author(),
                 out);
  // Whoever sent it before the verdict has it.
  for (const auto& had : forwarders)
    if (const auto peer = mesh_.find_peer(had.peer))
      std::erase(out, *peer);
  partial_.spare_requesting(msg.topic(), out, first);
}

void router::credit(const message& msg, std::optional<peer_handle> source,
                    std::span<const forwarder> forwarders) {
  if (source)
    score_.first_delivery(*source, msg.topic());
  for (const auto& had : forwarders)
    if (const auto peer = mesh_.find_peer(had.peer); peer && had.identical)
      score_.duplicate_in_time(*peer, msg.topic());
}

void router::publish_to(const message& msg, time_point now, rng& gen,
                        std::vector<peer_handle>& out) {
  const auto first = out.size();
  mesh_.publish_to(msg.topic(), now, gen, out);
  partial_.spare_requesting(msg.topic(), out, first);
}

void router::warn_of(const message& msg, std::optional<peer_handle> source,
                     std::vector<peer_handle>& out) const {
  if (msg.data().size() < params_.gossip.idontwant_threshold)
    return;
  mesh_.idontwant_to(msg.topic(), source.value_or(peer_handle{}), out);
  partial_.spare_supplying(msg.topic(), out);
}

bool router::goes_anyway(peer_handle to, bool own) const {
  if (own && params_.flood_publish)
    return true;
  const auto* record = mesh_.find_peer(to);
  return record != nullptr
         && (record->traits.direct || !has_mesh(record->traits.version));
}

std::size_t router::reachable(std::string_view topic) const {
  std::size_t count = 0;
  for (const auto& peer : mesh_.peers_of(topic))
    count += greeted(peer) ? 1 : 0;
  return count;
}

} // namespace grapevine::gossip
