#include "libp2p/address/address_filter.hpp"

#include <optional>
#include <utility>

namespace grapevine::libp2p {

namespace {

// What go-libp2p has between the address and its bits. As a protocol of
// multiaddr (43) it is in no address that can be dialled.
constexpr std::string_view ipcidr = "/ipcidr/";

// `10.0.0.0/8` of `/ip4/10.0.0.0/ipcidr/8`, and the address of `/ip4/…` alone.
std::optional<std::string> cidr_of(std::string_view text) {
  const bool ip4 = text.starts_with("/ip4/");
  if (!ip4 && !text.starts_with("/ip6/"))
    return std::nullopt;
  const auto rest = text.substr(std::string_view{"/ip4/"}.size());
  std::string result;
  if (const auto cut = rest.find(ipcidr); cut != std::string_view::npos)
    result = std::string{rest.substr(0, cut)} + '/'
             + std::string{rest.substr(cut + ipcidr.size())};
  else if (rest.find('/') == std::string_view::npos)
    result = rest;
  const bool looks_ip6 = result.find(':') != std::string::npos;
  if (result.empty() || looks_ip6 == ip4)
    return std::nullopt;
  return result;
}

} // namespace

expected<address_filter, std::string>
address_filter::from_text(std::string_view text) {
  const auto cidr = cidr_of(text).value_or(std::string{text});
  if (const auto prefix = ip_prefix::from_text(cidr)) {
    const auto first = ip_address::from_text(cidr.substr(0, cidr.find('/')));
    return address_filter{range{*prefix, first && first->is_v4()}};
  }
  if (auto whole = multiaddr::from_text(text);
      whole && !whole->without_peer().empty())
    return address_filter{whole->without_peer()};
  return unexpected<std::string>{
      "must be a range of IP addresses such as 10.0.0.0/8 or "
      "/ip4/10.0.0.0/ipcidr/8, or a multiaddr such as "
      "/ip4/10.0.0.1/tcp/4001"};
}

bool address_filter::matches(const multiaddr& address) const {
  if (const auto* one = std::get_if<multiaddr>(&what_))
    return *one == address.without_peer();
  const auto& [addresses, of_ip4] = std::get<range>(what_);
  const auto ip = ip_address::of(address);
  return ip && ip->is_v4() == of_ip4 && addresses.contains(*ip);
}

std::string address_filter::to_text() const {
  if (const auto* one = std::get_if<multiaddr>(&what_))
    return one->to_text();
  return std::get<range>(what_).addresses.to_text();
}

} // namespace grapevine::libp2p
