#pragma once

#include "libp2p/address/address_filter.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// Most addresses that a node tells of itself. Whoever wants to connect tries
/// them one after the other, and a record of twice as many is cut by others
/// (`max_record_addrs`); a machine may well have hundreds, which stand for
/// services.
inline constexpr std::size_t max_announced_addrs = 32;

/// What the operator says of where others can dial the node.
struct announce_rules {
  /// Told in place of what is found; empty: what is found.
  std::vector<multiaddr> instead;
  /// Told to nobody, whether it is found or given.
  std::vector<address_filter> hidden;
  /// Whether those who are told are on the network itself, where link-local
  /// addresses of IPv6 can be dialled, too.
  bool link_local = false;
};

/// Where others are told to dial a node, without `/p2p/ID`.
struct announced_addresses {
  std::vector<multiaddr> addresses;
  /// How many there are besides, as there may be no more.
  std::size_t left_out = 0;
  /// How many are hidden.
  std::size_t hidden = 0;
};

/// `bound` is what the node's listeners are bound to. Those that are bound to
/// every interface (0.0.0.0, ::) are replaced by the addresses of the
/// `interfaces`, of the same version of IP: a wildcard is never told, and no
/// link-local address of IPv6, which means nothing to another network. Where
/// there are too many, public ones come first and loopback last.
announced_addresses announced_of(std::span<const multiaddr> bound,
                                 std::span<const ip_address> interfaces,
                                 const announce_rules& rules);

/// Each of `bound`, or what stands for it: the addresses at which it can be
/// dialled.
std::vector<multiaddr> expand_wildcards(std::span<const multiaddr> bound,
                                        std::span<const ip_address> interfaces);

/// Whether an address is bound to every interface.
bool is_wildcard(const multiaddr& address);

/// Why `address` cannot be told to others as one of the node's, for people, to
/// be put behind it; nothing if it can. `self`: if known, whose it may be.
std::optional<std::string>
announce_problem(const multiaddr& address,
                 const std::optional<peer_id>& self = std::nullopt);

/// What is wrong with what others are told, and what to do, for people; nothing
/// if they can be expected to reach the node. `bound` and `rules` are what
/// `told` was made of.
std::optional<std::string> announce_warning(std::span<const multiaddr> bound,
                                            const announce_rules& rules,
                                            const announced_addresses& told);

} // namespace grapevine::libp2p
