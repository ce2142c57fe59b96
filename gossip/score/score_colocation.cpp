#include "gossip/score/score_colocation.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

// What one site is given; a host can use any address of it.
constexpr unsigned site_bits = 64;

} // namespace

score_colocation::score_colocation(const colocation_parameters& p,
                                   std::size_t max_addresses)
    : params_{p}, max_addresses_{max_addresses} {}

void score_colocation::use(const colocation_parameters& p) {
  params_ = p;
  for (auto& [range, at] : places_)
    change(at, at.peers);
}

void score_colocation::move(places& held,
                            std::span<const libp2p::ip_address> addresses) {
  const auto before = std::exchange(held, {});
  for (const auto& address :
       addresses.first(std::min(addresses.size(), max_addresses_))) {
    if (!counts(address))
      continue;
    enter(held, libp2p::ip_prefix{address});
    if (!address.is_v4())
      enter(held, libp2p::ip_prefix{address, site_bits});
  }
  for (const auto* left : before) {
    const auto at = places_.find(left->range);
    change(at->second, at->second.peers - 1);
    if (at->second.peers == 0)
      places_.erase(at);
  }
}

bool score_colocation::counts(const libp2p::ip_address& address) const {
  if (params_.weight == 0 || address.is_loopback())
    return false;
  return std::none_of(
      params_.whitelist.begin(), params_.whitelist.end(),
      [&](const auto& range) { return range.contains(address); });
}

void score_colocation::enter(places& held, const libp2p::ip_prefix& range) {
  auto& at = places_.try_emplace(range, place{range}).first->second;
  if (std::find(held.begin(), held.end(), &at) != held.end())
    return;
  held.push_back(&at);
  change(at, at.peers + 1);
}

void score_colocation::change(place& at, std::size_t peers) {
  at.peers = peers;
  const auto surplus = static_cast<double>(
      peers > params_.threshold ? peers - params_.threshold : 0);
  crowded_ += surplus > 0 ? 1 : 0;
  crowded_ -= at.surplus > 0 ? 1 : 0;
  at.surplus = surplus * surplus;
}

} // namespace grapevine::gossip
