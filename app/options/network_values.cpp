#include "app/options/network_values.hpp"

#include "actors/host/dns_channel.hpp"
#include "app/options/choices.hpp"
#include "gossip/mesh/subscription_filter.hpp"
#include "libp2p/address/announced_addresses.hpp"

#include <array>
#include <utility>

namespace grapevine::app {

namespace {

constexpr std::array<choice<libp2p::security_kind>, 2> security_kinds{{
    {"tls", libp2p::security_kind::tls},
    {"noise", libp2p::security_kind::noise},
}};

} // namespace

parsed<peer_address> value_text<peer_address>::parse(std::string_view text) {
  auto address = value_text<libp2p::multiaddr>::parse(text);
  if (!address)
    return unexpected{address.error()};
  if (!address->peer())
    return unexpected<std::string>{
        "must end in /p2p/ID, which says what peer is meant"};
  return peer_address{*std::move(address)};
}

std::string value_text<peer_address>::format(const peer_address& value) {
  return value.address.to_text();
}

parsed<announced_address>
value_text<announced_address>::parse(std::string_view text) {
  auto address = value_text<libp2p::multiaddr>::parse(text);
  if (!address)
    return unexpected{address.error()};
  if (auto problem = libp2p::announce_problem(*address))
    return unexpected{*std::move(problem)};
  return announced_address{*std::move(address)};
}

std::string
value_text<announced_address>::format(const announced_address& value) {
  return value.address.to_text();
}

parsed<libp2p::address_filter>
value_text<libp2p::address_filter>::parse(std::string_view text) {
  return libp2p::address_filter::from_text(text);
}

std::string value_text<libp2p::address_filter>::format(
    const libp2p::address_filter& value) {
  return value.to_text();
}

parsed<libp2p::peer_id>
value_text<libp2p::peer_id>::parse(std::string_view text) {
  const auto id = libp2p::peer_id::from_text(text);
  if (!id)
    return unexpected{"must be a peer id, such as \"grapevine id\" prints it: "
                      + to_string(id.error())};
  return *id;
}

std::string value_text<libp2p::peer_id>::format(const libp2p::peer_id& value) {
  return to_string(value);
}

parsed<topic_pattern> value_text<topic_pattern>::parse(std::string_view text) {
  topic_pattern result{std::string{text}};
  if (text.empty())
    return unexpected<std::string>{
        "must be a regular expression, such as news/.*"};
  gossip::subscription_filter_options options;
  options.patterns.push_back(result.text);
  const auto filter = gossip::subscription_filter::from(options);
  if (!filter)
    return unexpected{filter.error().text};
  return result;
}

std::string value_text<topic_pattern>::format(const topic_pattern& value) {
  return value.text;
}

parsed<name_server> value_text<name_server>::parse(std::string_view text) {
  name_server result{std::string{text}};
  if (const auto problem = name_server_problem(result))
    return unexpected{"must be an IP address, perhaps with a port, such as "
                      "192.0.2.53:53 or [2001:db8::53]:53: "
                      + *problem};
  return result;
}

std::string value_text<name_server>::format(const name_server& value) {
  return value.text;
}

parsed<libp2p::ip_prefix>
value_text<libp2p::ip_prefix>::parse(std::string_view text) {
  const auto range = libp2p::ip_prefix::from_text(text);
  if (!range)
    return unexpected<std::string>{
        "must be a range of IP addresses such as 192.0.2.0/24 or "
        "2001:db8::/32, or one address"};
  return *range;
}

std::string
value_text<libp2p::ip_prefix>::format(const libp2p::ip_prefix& value) {
  return value.to_text();
}

parsed<libp2p::security_kind>
value_text<libp2p::security_kind>::parse(std::string_view text) {
  return find_choice(security_kinds, text);
}

std::string
value_text<libp2p::security_kind>::format(libp2p::security_kind value) {
  return text_of(security_kinds, value);
}

std::vector<std::string> value_text<libp2p::security_kind>::choices() {
  return texts_of(security_kinds);
}

} // namespace grapevine::app
