#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/bytes.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::libp2p {

/// An IPv4 or IPv6 address: a small value without allocations. An IPv4 address
/// is held as its IPv4-mapped form, so the two forms are equal. The
/// default-constructed one is `::`, no host's.
class ip_address {
public:
  static constexpr std::size_t size = 16;

  ip_address() = default;

  /// Of 4 or 16 bytes in network order; nothing for another number.
  static std::optional<ip_address> from_bytes(bytes_view raw) noexcept;

  /// From text as inet_pton reads it: `10.0.0.1`, `fe80::1`.
  static std::optional<ip_address> from_text(std::string_view text);

  /// The first `ip4` or `ip6` of an address, if it begins with one (or with an
  /// `ip6zone` before it). A name is not resolved.
  static std::optional<ip_address> of(const multiaddr& address);

  bool is_v4() const noexcept;

  /// 127.0.0.0/8 or ::1.
  bool is_loopback() const noexcept;

  /// In fe80::/10: it means nothing without the interface on which it is.
  bool is_link_local6() const noexcept;

  /// In one of `private_ranges`, or loopback: not reached from the Internet.
  bool is_private() const noexcept;

  /// `10.0.0.1` or `fe80::1`.
  std::string to_text() const;

  /// Network order; an IPv4 address is mapped.
  const std::array<std::uint8_t, size>& raw() const noexcept { return raw_; }

  friend bool operator==(const ip_address&,
                         const ip_address&) noexcept = default;
  friend std::strong_ordering operator<=>(const ip_address&,
                                          const ip_address&) noexcept = default;

private:
  std::array<std::uint8_t, size> raw_{};
};

/// A range of addresses, as CIDR writes it: `10.0.0.0/8`, `2001:db8::/32`. One
/// address is a range, too.
class ip_prefix {
public:
  ip_prefix() = default;

  /// The range of the first `bits` bits of `address`, at most 32 or 128: all
  /// addresses that have them in common. The rest of `address` is ignored.
  ip_prefix(const ip_address& address, unsigned bits) noexcept;

  /// The range of this address alone.
  explicit ip_prefix(const ip_address& address) noexcept;

  /// From `ADDRESS/BITS`, or an address alone.
  static std::optional<ip_prefix> from_text(std::string_view text);

  bool contains(const ip_address& address) const noexcept;

  /// `10.0.0.0/8`; an address alone without its bits.
  std::string to_text() const;

  friend bool operator==(const ip_prefix&, const ip_prefix&) noexcept = default;

private:
  friend struct std::hash<ip_prefix>;

  // Its bits beyond `bits_` are zero.
  ip_address first_;
  // Counted in the mapped form.
  std::uint8_t bits_ = 0;
};

/// The same address on an interface of this machine: with `/ip6zone` before it,
/// in place of one that it has. Nothing where it does not begin with a
/// link-local address of IPv6, or multiaddr has no such name for an interface.
std::optional<multiaddr> on_interface(const multiaddr& address,
                                      std::string_view name);

/// The ranges of private, link-local and shared addresses, in both versions.
std::span<const ip_prefix> private_ranges();

} // namespace grapevine::libp2p

template <>
struct std::hash<grapevine::libp2p::ip_address> {
  std::size_t operator()(const grapevine::libp2p::ip_address& address) const {
    return grapevine::libp2p::keyed_hash(grapevine::as_text(address.raw()));
  }
};

template <>
struct std::hash<grapevine::libp2p::ip_prefix> {
  std::size_t operator()(const grapevine::libp2p::ip_prefix& prefix) const {
    return std::hash<grapevine::libp2p::ip_address>{}(prefix.first_)
           ^ prefix.bits_;
  }
};
