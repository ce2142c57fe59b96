#pragma once

#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace grapevine {

/// From and to where connections may be. The narrowest range that an address is
/// in decides; an address in none of them may be connected if no range is
/// allowed. A range that is both allowed and denied is denied. An IPv4 address
/// is the same one in its IPv6-mapped form, and in no range of IPv6. No actor,
/// no clock.
class network_rules {
public:
  using ranges = std::vector<libp2p::ip_prefix>;

  /// Everything is allowed.
  network_rules() = default;

  network_rules(const ranges& allowed, const ranges& denied);

  /// Takes at most a look for each length that a range can have, however many
  /// there are.
  bool allows(const libp2p::ip_address& address) const;

  /// The same of a socket's address; one that is of no IP network is in no
  /// range.
  bool allows(const libp2p::multiaddr& address) const;

  /// Why `address` is not allowed, for people: `10.0.0.1 is in the denied
  /// network 10.0.0.0/8`. Nothing if it is.
  std::optional<std::string> problem(const libp2p::multiaddr& address) const;

private:
  // The narrowest range and whether it is allowed; null: in none.
  using rules = std::unordered_map<libp2p::ip_prefix, bool>;
  const rules::value_type* find(const libp2p::ip_address& address) const;

  rules rules_;
  bool others_ = true;
};

using network_rules_ptr = std::shared_ptr<const network_rules>;

} // namespace grapevine
