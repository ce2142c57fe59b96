// Partial messages (gossipsub-v1.3).
#include "gossip/router/router.hpp"

#include <exception>

namespace grapevine::gossip {

void router::set_partial_usable(const libp2p::peer_id& peer, bool usable) {
  if (const auto known = mesh_.find_peer(peer))
    partial_.set_usable(*known, usable);
}

void router::receive_partial(peer_handle from,
                             const proto::partial_view& partial,
                             router_effects& out) {
  guarded(out, [&] { partial_.receive(from, partial, partial_effects_); });
  settle_partial(out);
}

void router::set_partial_topic(std::string_view topic, const partial_topic& how,
                               time_point now, rng& gen, router_effects& out) {
  if (how.rules)
    partial_.set_topic(topic, how);
  else
    partial_.remove_topic(topic);
  // With other flags.
  if (mesh_.subscribed(topic))
    mesh_effects_.announcements.push_back(
        {.topic = std::string{topic}, .subscribe = true});
  settle(now, gen, out);
}

bool router::publish_partial(std::string_view topic, bytes_view group,
                             bytes_view parts, bytes_view metadata,
                             time_point now, rng& gen, router_effects& out) {
  partial_receivers_.clear();
  mesh_.publish_sparsely_to(topic, now, gen, partial_receivers_);
  bool known = true;
  guarded(out, [&] {
    known = partial_.publish(topic, group, parts, metadata, partial_receivers_,
                             partial_effects_);
  });
  settle_partial(out);
  return known;
}

// What peers are told instead of an IHAVE.
void router::gossip_partial(router_effects& out) {
  if (!partial_.active())
    return;
  for (auto& one : mesh_effects_.gossip)
    guarded(out,
            [&] { partial_.gossip(one.topic, one.peers, partial_effects_); });
  settle_partial(out);
}

// The rules are the application's: theirs must not end the node.
void router::guarded(router_effects& out,
                     const std::function<void()>& use_rules) {
  try {
    use_rules();
  } catch (const std::exception& e) {
    out.failures.emplace_back(e.what());
  }
}

} // namespace grapevine::gossip
