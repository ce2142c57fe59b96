#pragma once

#include "actors/host/host_settings.hpp"
#include "app/options/option_values.hpp"
#include "libp2p/address/address_filter.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "libp2p/secure/security_kind.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// An address that says whose it is: it ends in `/p2p/ID`.
struct peer_address {
  libp2p::multiaddr address;
};

template <>
struct value_text<peer_address> {
  static parsed<peer_address> parse(std::string_view text);
  static std::string format(const peer_address& value);
};

/// An address that others can be told of as one of the node's.
struct announced_address {
  libp2p::multiaddr address;
};

template <>
struct value_text<announced_address> {
  static parsed<announced_address> parse(std::string_view text);
  static std::string format(const announced_address& value);
};

/// `10.0.0.0/8`, `/ip4/10.0.0.0/ipcidr/8`, or a multiaddr.
template <>
struct value_text<libp2p::address_filter> {
  static parsed<libp2p::address_filter> parse(std::string_view text);
  static std::string format(const libp2p::address_filter& value);
};

template <>
struct value_text<libp2p::peer_id> {
  static parsed<libp2p::peer_id> parse(std::string_view text);
  static std::string format(const libp2p::peer_id& value);
};

/// What names of topics look like: a regular expression, for the whole name.
struct topic_pattern {
  std::string text;
};

template <>
struct value_text<topic_pattern> {
  static parsed<topic_pattern> parse(std::string_view text);
  static std::string format(const topic_pattern& value);
};

template <>
struct value_text<libp2p::security_kind> {
  static parsed<libp2p::security_kind> parse(std::string_view text);
  static std::string format(libp2p::security_kind value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<name_server> {
  static parsed<name_server> parse(std::string_view text);
  static std::string format(const name_server& value);
};

/// `10.0.0.0/8`, or one address.
template <>
struct value_text<libp2p::ip_prefix> {
  static parsed<libp2p::ip_prefix> parse(std::string_view text);
  static std::string format(const libp2p::ip_prefix& value);
};

} // namespace grapevine::app
