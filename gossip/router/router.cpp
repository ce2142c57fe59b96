// Peers and their RPCs, and this node's topics.
#include "gossip/router/router.hpp"

#include <algorithm>

namespace grapevine::gossip {

router::router(const router_options& options)
    : params_{options.params}, resolve_{options.resolve}, score_{options.score},
      mesh_{options.params,
            {},
            [this](peer_handle peer) { return score_.score(peer); }},
      partial_{{}, options.max_rpc_size} {}

// -- peers --------------------------------------------------------------------

std::optional<peer_handle>
router::add_peer(const libp2p::peer_id& id, peer_traits traits,
                 std::span<const libp2p::ip_address> ips, time_point now,
                 router_effects& out) {
  traits.direct = direct_.contains(id);
  const auto handle = mesh_.add_peer(id, traits);
  if (!handle)
    return std::nullopt;
  auto& known = peers_.put(*handle, {false, {}, {}, {}, scope_of(ips)});
  if (traits.offered)
    newcomers_.push_back({*handle, now});
  score_.add_peer(*handle, id, ips, now);
  partial_.add_peer(*handle);
  // In any case: what was said of its last connection may have reached its
  // reader after that ended, and would stay.
  tell_standing(*handle, known, out);
  return handle;
}

void router::move_peer(peer_handle peer,
                       std::span<const libp2p::ip_address> ips,
                       router_effects& out) {
  known_peer* known = peers_.find(peer);
  if (known == nullptr)
    return;
  mesh_.reconnected(peer);
  score_.set_ips(peer, ips);
  known->scope = scope_of(ips);
  update_standing(peer, out);
}

void router::remove_peer(peer_handle peer, time_point now, rng& gen,
                         router_effects& out) {
  if (peers_.find(peer) == nullptr)
    return;
  const auto id = mesh_.find_peer(peer)->id;
  mesh_.remove_peer(peer, mesh_effects_);
  // What it leaves behind in its meshes counts, too (P3b); nobody is told of
  // somebody who is gone.
  for (const auto& event : mesh_effects_.events)
    score(event, now, out);
  mesh_effects_.events.clear();
  score_.remove_peer(peer, now);
  partial_.remove_peer(peer);
  book_.touch(id, now);
  peers_.erase(peer);
  std::erase_if(out.standings,
                [&](const standing_changed& one) { return one.peer == peer; });
  settle(now, gen, out);
}

greeting router::greet(peer_handle peer) {
  known_peer* known = peers_.find(peer);
  if (known == nullptr)
    return {};
  known->greeted = true;
  greeting result{mesh_.hello(), {}};
  for (auto& own : result.subscriptions)
    partial_.announce(own);
  for (const auto& topic : mesh_.snapshot())
    if (mesh_.in_mesh(topic.topic, peer))
      result.grafts.push_back(topic.topic);
  return result;
}

bool router::greeted(peer_handle peer) const noexcept {
  const known_peer* known = peers_.find(peer);
  return known != nullptr && known->greeted;
}

std::size_t router::receive(peer_handle from,
                            std::span<const proto::subscription> changes,
                            const proto::control& control, time_point now,
                            rng& gen, router_effects& out) {
  known_peer* known = peers_.find(from);
  if (known == nullptr)
    return 0;
  apply(from, changes, out);
  if (!mesh_.graylisted(from))
    apply(from, control, now, out);
  mesh_.welcome(from, changes, now, mesh_effects_);
  settle(now, gen, out);
  return changes.empty() ? 0
                         : changes.size() - known->pace.take(changes.size());
}

void router::apply(peer_handle peer,
                   std::span<const proto::subscription> changes,
                   router_effects& out) {
  if (changes.empty())
    return;
  if (!observed_)
    mesh_.subscriptions(peer, changes, mesh_effects_);
  else
    for (const auto& change : changes)
      observing(peer, change.topic, out, [&] {
        mesh_.subscriptions(peer, {&change, 1}, mesh_effects_);
      });
  partial_.subscriptions(peer, changes);
}

void router::apply(peer_handle peer, const proto::control& control,
                   time_point now, router_effects& out) {
  // Who grafts is in the topic, whether it has said so before or not.
  for (const auto& topic : control.grafts)
    observing(peer, topic, out,
              [&] { mesh_.graft(peer, topic, now, mesh_effects_); });
  for (const auto& prune : control.prunes)
    mesh_.prune(peer, prune, now, mesh_effects_);
  for (const auto& one : control.ihaves)
    if (mesh_.accepts_ihave(peer, one.topic))
      out.offered_ids.insert(out.offered_ids.end(), one.ids.begin(),
                             one.ids.end());
}

// Observers hear of what has changed, not of what was repeated or refused.
template <class Change>
void router::observing(peer_handle peer, const std::string& topic,
                       router_effects& out, Change change) {
  if (!observed_)
    return change();
  const bool before = is_subscribed(peer, topic);
  change();
  const bool after = is_subscribed(peer, topic);
  if (before != after)
    out.subscriptions.push_back({peer, topic, after});
}

bool router::is_subscribed(peer_handle peer, std::string_view topic) const {
  const auto peers = mesh_.peers_of(topic);
  return std::binary_search(peers.begin(), peers.end(), peer);
}

bool router::learn(const libp2p::peer_id& peer, bytes_view sealed,
                   time_point now) {
  return book_.add(peer, sealed, now);
}

router::known_addresses router::addresses_of(const libp2p::peer_id& peer,
                                             time_point now) {
  // It is connected: what it said still holds.
  book_.touch(peer, now);
  return {book_.sealed(peer, now), book_.addresses(peer, now)};
}

void router::set_direct(const libp2p::peer_id& peer, bool direct,
                        time_point now, rng& gen, router_effects& out) {
  if (direct)
    direct_.insert(peer);
  else
    direct_.erase(peer);
  const auto handle = mesh_.find_peer(peer);
  if (!handle)
    return;
  mesh_.set_direct(*handle, direct, now, mesh_effects_);
  update_standing(*handle, out);
  settle(now, gen, out);
}

// -- this node ----------------------------------------------------------------

bool router::join(std::string_view topic, time_point now, rng& gen,
                  router_effects& out) {
  const bool changed = mesh_.join(topic, now, gen, mesh_effects_);
  settle(now, gen, out);
  return changed;
}

bool router::leave(std::string_view topic, time_point now, rng& gen,
                   router_effects& out) {
  const bool changed = mesh_.leave(topic, now, mesh_effects_);
  settle(now, gen, out);
  return changed;
}

void router::heartbeat(time_point now, rng& gen, router_effects& out) {
  score_.refresh(now);
  update_standings(out);
  trust_the_proven(now, out);
  mesh_.heartbeat(now, gen, mesh_effects_);
  settle(now, gen, out);
  partial_.heartbeat();
  renew_paces(out);
}

void router::renew_paces(router_effects& out) {
  peers_.each([&](peer_handle peer, known_peer& known) {
    if (const auto back = known.pace.renew(); back > 0)
      out.paces.push_back({peer, back});
  });
}

// A small network is not held against the mesh.
mesh_health router::health_of(const topic_snapshot& topic) const {
  const auto members = mesh_.mesh_of(topic.topic);
  const auto outbound = static_cast<std::size_t>(
      std::ranges::count_if(members, [this](peer_handle peer) {
        return mesh_.find_peer(peer)->traits.outbound;
      }));
  const auto& wanted = params_.mesh;
  const bool healthy =
      !topic.subscribed
      || (topic.mesh >= std::min(wanted.degree_low, topic.peers)
          && (outbound >= wanted.degree_outbound || topic.mesh == topic.peers));
  return {outbound, healthy};
}

} // namespace grapevine::gossip
