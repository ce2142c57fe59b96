#include "actors/host/network_rules.hpp"

namespace grapevine {

using libp2p::ip_address;
using libp2p::ip_prefix;
using libp2p::multiaddr;

network_rules::network_rules(const ranges& allowed, const ranges& denied)
    : others_{allowed.empty()} {
  for (const auto& range : allowed)
    rules_.insert_or_assign(range, true);
  for (const auto& range : denied)
    rules_.insert_or_assign(range, false);
}

bool network_rules::allows(const ip_address& address) const {
  const auto* rule = find(address);
  return rule == nullptr ? others_ : rule->second;
}

bool network_rules::allows(const multiaddr& address) const {
  const auto ip = ip_address::of(address);
  return ip ? allows(*ip) : others_;
}

std::optional<std::string>
network_rules::problem(const multiaddr& address) const {
  if (allows(address))
    return std::nullopt;
  const auto ip = ip_address::of(address);
  const auto* rule = ip ? find(*ip) : nullptr;
  const auto what = ip ? ip->to_text() : address.to_text();
  if (rule == nullptr)
    return what + " is in no allowed network";
  return what + " is in the denied network " + rule->first.to_text();
}

const network_rules::rules::value_type*
network_rules::find(const ip_address& address) const {
  if (rules_.empty())
    return nullptr;
  constexpr unsigned ip4_bits = 32;
  constexpr unsigned ip6_bits = 128;
  // Of an IPv4 address these are the bits after the mapping's.
  const unsigned all = address.is_v4() ? ip4_bits : ip6_bits;
  for (unsigned cut = 0; cut <= all; ++cut)
    if (const auto found = rules_.find(ip_prefix{address, all - cut});
        found != rules_.end())
      return &*found;
  return nullptr;
}

} // namespace grapevine
