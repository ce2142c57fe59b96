#include "libp2p/address/announced_addresses.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

bool is_unspecified(const ip_address& ip) {
  static const auto any4 = ip_address::from_text("0.0.0.0");
  return ip == ip_address{} || ip == *any4;
}

// How much others have of it: the smaller, the more.
int rank_of(const multiaddr& address) {
  const auto ip = ip_address::of(address);
  if (!ip)
    return 0;
  return ip->is_loopback() ? 2 : ip->is_private() ? 1 : 0;
}

bool is_loopback(const multiaddr& address) {
  const auto ip = ip_address::of(address);
  return ip && ip->is_loopback();
}

/// The same with another IP address, of the same version.
multiaddr at(const multiaddr& wildcard, const ip_address& ip) {
  const auto text = wildcard.to_text();
  const auto begin = text.find('/', 1) + 1;
  const auto end = std::min(text.find('/', begin), text.size());
  const auto other = multiaddr::from_text(text.substr(0, begin) + ip.to_text()
                                          + text.substr(end));
  // An address of its version is as good as the one that it replaces.
  return other.value();
}

void add_once(std::vector<multiaddr>& to, multiaddr one) {
  if (std::ranges::find(to, one) == to.end())
    to.push_back(std::move(one));
}

// Link-local addresses of IPv6 only where they are asked for: at another
// network's machine's word no interface can be dialled.
std::vector<multiaddr> expand(std::span<const multiaddr> bound,
                              std::span<const ip_address> interfaces,
                              bool link_local) {
  std::vector<multiaddr> result;
  for (const auto& one : bound) {
    if (!is_wildcard(one)) {
      add_once(result, one);
      continue;
    }
    const bool ip4 = ip_address::of(one)->is_v4();
    for (const auto& ip : interfaces)
      if (ip.is_v4() == ip4 && !is_unspecified(ip)
          && (link_local || !ip.is_link_local6()))
        add_once(result, at(one, ip));
  }
  return result;
}

} // namespace

bool is_wildcard(const multiaddr& address) {
  const auto ip = ip_address::of(address);
  return ip && is_unspecified(*ip);
}

std::vector<multiaddr>
expand_wildcards(std::span<const multiaddr> bound,
                 std::span<const ip_address> interfaces) {
  return expand(bound, interfaces, false);
}

announced_addresses announced_of(std::span<const multiaddr> bound,
                                 std::span<const ip_address> interfaces,
                                 const announce_rules& rules) {
  announced_addresses told;
  auto& list = told.addresses;
  if (rules.instead.empty())
    list = expand(bound, interfaces, rules.link_local);
  for (const auto& one : rules.instead)
    add_once(list, one.without_peer());
  told.hidden = std::erase_if(list, [&](const multiaddr& one) {
    return std::ranges::any_of(
        rules.hidden, [&](const auto& filter) { return filter.matches(one); });
  });
  if (list.size() > max_announced_addrs) {
    std::ranges::stable_sort(list, {}, rank_of);
    told.left_out = list.size() - max_announced_addrs;
    list.resize(max_announced_addrs);
  }
  return told;
}

std::optional<std::string>
announce_problem(const multiaddr& address, const std::optional<peer_id>& self) {
  const auto bare = address.without_peer();
  if (bare.empty())
    return "says nothing of where the node is";
  if (is_wildcard(bare))
    return "is no address that others can dial; leave it out to have this "
           "machine's own addresses announced";
  for (const auto& part : bare.components())
    if ((part.protocol == addr_protocol::tcp
         || part.protocol == addr_protocol::udp)
        && part.value == "0")
      return "needs the port at which others can dial it";
  if (const auto whose = address.peer(); whose && self && *whose != *self)
    return "is another peer's: this node is " + to_string(*self);
  return std::nullopt;
}

std::optional<std::string> announce_warning(std::span<const multiaddr> bound,
                                            const announce_rules& rules,
                                            const announced_addresses& told) {
  if (told.left_out > 0)
    return "only " + std::to_string(told.addresses.size())
           + " of this machine's addresses are announced, and "
           + std::to_string(told.left_out)
           + " are not: name those that matter by --announce, or those that do "
             "not by --no-announce";
  if (bound.empty() || !rules.instead.empty() || told.hidden > 0)
    return std::nullopt;
  if (told.addresses.empty())
    return std::string{
        "no address of this node is announced, as this machine's own ones "
        "cannot be found out: others learn of none unless it is named by "
        "--announce"};
  if (std::ranges::any_of(bound, is_wildcard)
      && std::ranges::all_of(told.addresses, is_loopback))
    return std::string{
        "only loopback addresses are announced, as no other interface has "
        "one: programs of other machines cannot dial this node until one "
        "has, or until --announce says where they can"};
  return std::nullopt;
}

} // namespace grapevine::libp2p
