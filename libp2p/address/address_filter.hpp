#pragma once

#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "proto/expected.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace grapevine::libp2p {

/// Which addresses are meant: those of a range of IP addresses, or a single
/// multiaddr.
class address_filter {
public:
  /// From `10.0.0.0/8`, `10.0.0.1`, `/ip4/10.0.0.0/ipcidr/8` as go-libp2p
  /// writes it, `/ip4/10.0.0.1`, or a whole multiaddr; or what would be right,
  /// to be put behind the text.
  static expected<address_filter, std::string> from_text(std::string_view text);

  /// Whether `address` is meant. One that is no IP address is in no range; an
  /// IPv4 address is in no range of IPv6. `/p2p/ID` at an end makes no
  /// difference.
  bool matches(const multiaddr& address) const;

  /// As `from_text` reads it: `10.0.0.0/8` for a range.
  std::string to_text() const;

  friend bool operator==(const address_filter&,
                         const address_filter&) = default;

private:
  struct range {
    ip_prefix addresses;
    bool of_ip4 = false;

    friend bool operator==(const range&, const range&) = default;
  };

  explicit address_filter(std::variant<range, multiaddr> what)
      : what_{std::move(what)} {}

  std::variant<range, multiaddr> what_;
};

} // namespace grapevine::libp2p
