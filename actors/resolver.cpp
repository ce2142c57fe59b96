#include "actors/resolver.hpp"

#include "actors/socket.hpp"

#include <cstring>
#include <memory>
#include <netdb.h>
#include <string>

namespace grapevine {

namespace {

using libp2p::addr_protocol;
using libp2p::multiaddr;

int family_of(addr_protocol protocol) {
  if (protocol == addr_protocol::dns4)
    return AF_INET;
  return protocol == addr_protocol::dns6 ? AF_INET6 : AF_UNSPEC;
}

// The looked-up address in the name's place.
multiaddr with_address(const multiaddr& address, const addrinfo& found) {
  endpoint where;
  std::memcpy(&where.addr, found.ai_addr, found.ai_addrlen);
  where.size = found.ai_addrlen;
  auto result = where.to_multiaddr();
  const auto peer = address.peer();
  return peer ? result.with_peer(*peer) : result;
}

address_resolved look_up(const multiaddr& address) {
  const auto parts = address.components();
  const auto port = address.value_of(addr_protocol::tcp);
  if (parts.size() < 2 || parts[1].protocol != addr_protocol::tcp)
    return {{}, "only /tcp can be dialled"};
  addrinfo hints{};
  hints.ai_family = family_of(parts[0].protocol);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code =
      ::getaddrinfo(parts[0].value.c_str(), port->c_str(), &hints, &found);
  if (code != 0)
    return {{},
            "cannot resolve " + parts[0].value + ": " + ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{
      found, &::freeaddrinfo};
  address_resolved result;
  for (const auto* i = found; i != nullptr; i = i->ai_next)
    result.addresses.push_back(with_address(address, *i));
  return result;
}

void look_up_for(caf::event_based_actor* self, const multiaddr& address,
                 const connector_actor& asker) {
  tell(self, asker, look_up(address));
}

} // namespace

bool needs_resolving(const multiaddr& address) {
  const auto parts = address.components();
  if (parts.empty())
    return false;
  const auto first = parts[0].protocol;
  return first == addr_protocol::dns || first == addr_protocol::dns4
         || first == addr_protocol::dns6;
}

void resolve(caf::actor_system& sys, const multiaddr& address,
             const connector_actor& asker) {
  sys.spawn<caf::detached>(look_up_for, address, asker);
}

} // namespace grapevine
