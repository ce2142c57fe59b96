#include "app/resolve.hpp"

#include "actors/resolver.hpp"

#include <cstring>
#include <memory>
#include <netdb.h>

namespace grapevine::app {

namespace {

using libp2p::addr_protocol;

int family_of(addr_protocol protocol) {
  if (protocol == addr_protocol::dns4)
    return AF_INET;
  return protocol == addr_protocol::dns6 ? AF_INET6 : AF_UNSPEC;
}

endpoint to_endpoint(const addrinfo& found) {
  endpoint result;
  std::memcpy(&result.addr, found.ai_addr, found.ai_addrlen);
  result.size = found.ai_addrlen;
  return result;
}

} // namespace

expected<std::vector<endpoint>, std::string>
resolve_address(const libp2p::multiaddr& address) {
  if (!needs_resolving(address)) {
    if (const auto place = endpoint::of(address))
      return std::vector{*place};
    return unexpected<std::string>{
        "only /ip4, /ip6 and /dns addresses with /tcp can be dialled"};
  }
  const auto parts = address.without_peer().components();
  if (parts.size() != 2 || parts[1].protocol != addr_protocol::tcp)
    return unexpected<std::string>{"only /tcp can be dialled"};
  addrinfo hints{};
  hints.ai_family = family_of(parts[0].protocol);
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(parts[0].value.c_str(), parts[1].value.c_str(),
                                 &hints, &found);
  if (code != 0)
    return unexpected{"cannot resolve " + parts[0].value + ": "
                      + ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{
      found, &::freeaddrinfo};
  std::vector<endpoint> places;
  for (const auto* i = found; i != nullptr; i = i->ai_next)
    places.push_back(to_endpoint(*i));
  return places;
}

} // namespace grapevine::app
