#include "actors/node/kept_peers.hpp"

#include <algorithm>

namespace grapevine {

using libp2p::multiaddr;
using libp2p::peer_id;

bool kept_peers::add(const multiaddr& address, wish by) {
  const auto [i, added] = entries_.try_emplace(
      address.to_text(), entry{address, by, {}, address.peer(), 0, {}});
  if (by == wish::given)
    i->second.by = by;
  return added;
}

void kept_peers::connected(const multiaddr& address, const peer_id& peer) {
  if (auto i = entries_.find(address.to_text()); i != entries_.end()) {
    i->second.peer = peer;
    i->second.known = peer;
  }
}

std::optional<kept_peers::duration> kept_peers::failed(const multiaddr& address,
                                                       const std::string& why,
                                                       gossip::rng& gen) {
  const auto i = entries_.find(address.to_text());
  if (i == entries_.end())
    return std::nullopt;
  i->second.trouble = why;
  return next_pause(i->second, gen);
}

std::vector<std::pair<multiaddr, kept_peers::duration>>
kept_peers::lost(const peer_id& peer, bool stable, const std::string& why,
                 gossip::rng& gen) {
  std::vector<std::pair<multiaddr, duration>> result;
  for (auto& [text, one] : entries_)
    if (one.peer == peer) {
      one.peer.reset();
      if (stable)
        one.failures = 0;
      one.trouble = why;
      result.emplace_back(one.address, next_pause(one, gen));
    }
  return result;
}

void kept_peers::forget(const peer_id& peer) {
  std::erase_if(entries_, [&](const auto& one) {
    return one.second.peer == peer || one.second.address.peer() == peer;
  });
}

void kept_peers::forget(const multiaddr& address) {
  entries_.erase(address.to_text());
}

void kept_peers::forget_named(const multiaddr& address) {
  const auto i = entries_.find(address.to_text());
  if (i != entries_.end() && i->second.by == wish::named)
    entries_.erase(i);
}

std::optional<peer_id> kept_peers::peer_at(const multiaddr& address) const {
  const auto i = entries_.find(address.to_text());
  return i != entries_.end() ? i->second.peer : std::nullopt;
}

std::vector<kept_address> kept_peers::list() const {
  std::vector<kept_address> result;
  for (const auto& [text, one] : entries_)
    result.push_back({one.address, one.peer.has_value(), one.failures,
                      one.peer ? std::string{} : one.trouble});
  return result;
}

bool kept_peers::keeps(const peer_id& peer) const {
  return std::ranges::any_of(
      entries_, [&](const auto& one) { return one.second.known == peer; });
}

kept_peers::duration kept_peers::next_pause(entry& of, gossip::rng& gen) const {
  // 2^16 times any sensible minimum is above any sensible maximum.
  const auto doublings = std::min(of.failures, 16U);
  const auto full = std::min(max_, min_ * (std::int64_t{1} << doublings));
  ++of.failures;
  const auto half = full / 2;
  const auto spread = static_cast<std::size_t>((full - half).count()) + 1;
  return half + duration{gossip::random_below(gen, spread)};
}

} // namespace grapevine
