#include "libp2p/address/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <system_error>
#include <vector>

namespace grapevine::libp2p {

namespace {

// ::ffff:0:0/96, before the four bytes of an IPv4 address (RFC 4291).
constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0,    0,
                                              0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 8 * mapped.size();
constexpr unsigned all_bits = 8 * ip_address::size;

ip_address masked(const ip_address& address, unsigned bits) noexcept {
  auto raw = address.raw();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const unsigned before = 8 * static_cast<unsigned>(i);
    const unsigned kept = bits <= before ? 0 : std::min(bits - before, 8U);
    raw[i] = static_cast<std::uint8_t>(raw[i] & ~(0xffU >> kept));
  }
  // Never empty: 16 bytes are an address.
  return ip_address::from_bytes(raw).value_or(ip_address{});
}

} // namespace

std::optional<ip_address> ip_address::from_bytes(bytes_view raw) noexcept {
  ip_address result;
  if (raw.size() == size) {
    std::copy(raw.begin(), raw.end(), result.raw_.begin());
    return result;
  }
  if (raw.size() != size - mapped.size())
    return std::nullopt;
  std::copy(mapped.begin(), mapped.end(), result.raw_.begin());
  std::copy(raw.begin(), raw.end(), result.raw_.begin() + mapped.size());
  return result;
}

std::optional<ip_address> ip_address::from_text(std::string_view text) {
  // inet_pton wants a terminator, and a text with one in it is no address.
  const std::string terminated{text.substr(0, INET6_ADDRSTRLEN)};
  if (terminated.size() != text.size()
      || terminated.find('\0') != std::string::npos)
    return std::nullopt;
  std::array<std::uint8_t, size> raw{};
  if (inet_pton(AF_INET, terminated.c_str(), raw.data()) == 1)
    return from_bytes(bytes_view{raw}.first(size - mapped.size()));
  if (inet_pton(AF_INET6, terminated.c_str(), raw.data()) == 1)
    return from_bytes(raw);
  return std::nullopt;
}

std::optional<ip_address> ip_address::of(const multiaddr& address) {
  for (const auto& component : address.components()) {
    if (component.protocol == addr_protocol::ip6zone)
      continue;
    if (component.protocol == addr_protocol::ip4
        || component.protocol == addr_protocol::ip6)
      return from_text(component.value);
    break;
  }
  return std::nullopt;
}

bool ip_address::is_v4() const noexcept {
  return std::equal(mapped.begin(), mapped.end(), raw_.begin());
}

bool ip_address::is_loopback() const noexcept {
  if (is_v4())
    return raw_[mapped.size()] == 127;
  ip_address loopback;
  loopback.raw_.back() = 1;
  return *this == loopback;
}

bool ip_address::is_link_local6() const noexcept {
  return raw_[0] == 0xfe && (raw_[1] & 0xc0) == 0x80;
}

std::optional<multiaddr> on_interface(const multiaddr& address,
                                      std::string_view name) {
  const auto ip = ip_address::of(address);
  if (!ip || !ip->is_link_local6() || name.empty())
    return std::nullopt;
  const auto text = address.to_text();
  const auto bare = text.substr(text.find("/ip6/"));
  if (auto result =
          multiaddr::from_text("/ip6zone/" + std::string{name} + bare))
    return *std::move(result);
  return std::nullopt;
}

std::string ip_address::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* printed =
      is_v4() ? inet_ntop(AF_INET, raw_.data() + mapped.size(), text.data(),
                          text.size())
              : inet_ntop(AF_INET6, raw_.data(), text.data(), text.size());
  return printed ? std::string{printed} : std::string{};
}

ip_prefix::ip_prefix(const ip_address& address, unsigned bits) noexcept {
  bits = std::min(bits, all_bits);
  const unsigned given = address.is_v4() ? bits + mapped_bits : bits;
  bits_ = static_cast<std::uint8_t>(std::min(given, all_bits));
  first_ = masked(address, bits_);
}

ip_prefix::ip_prefix(const ip_address& address) noexcept
    : first_{address}, bits_{static_cast<std::uint8_t>(all_bits)} {}

std::optional<ip_prefix> ip_prefix::from_text(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = ip_address::from_text(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  if (slash == std::string_view::npos)
    return ip_prefix{*address};
  const auto* end = text.data() + text.size();
  unsigned bits = 0;
  const auto [at, code] =
      std::from_chars(text.data() + slash + 1, end, bits, 10);
  const unsigned most = address->is_v4() ? all_bits - mapped_bits : all_bits;
  if (code != std::errc{} || at != end || bits > most)
    return std::nullopt;
  return ip_prefix{*address, bits};
}

bool ip_prefix::contains(const ip_address& address) const noexcept {
  return masked(address, bits_) == first_;
}

std::string ip_prefix::to_text() const {
  if (bits_ == all_bits)
    return first_.to_text();
  const unsigned shown = first_.is_v4() ? bits_ - mapped_bits : bits_;
  return first_.to_text() + '/' + std::to_string(shown);
}

std::span<const ip_prefix> private_ranges() {
  static const auto ranges = [] {
    std::vector<ip_prefix> result;
    for (const auto* range :
         {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
          "169.254.0.0/16", "fc00::/7", "fe80::/10"})
      if (const auto prefix = ip_prefix::from_text(range))
        result.push_back(*prefix);
    return result;
  }();
  return ranges;
}

bool ip_address::is_private() const noexcept {
  // This host, too: to connect to 0.0.0.0 is to connect to oneself.
  static const auto unspecified = ip_prefix::from_text("0.0.0.0/8");
  return is_loopback() || *this == ip_address{} || unspecified->contains(*this)
         || std::ranges::any_of(private_ranges(), [this](const auto& range) {
              return range.contains(*this);
            });
}

} // namespace grapevine::libp2p
