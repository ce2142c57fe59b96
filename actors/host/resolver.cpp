#include "actors/host/resolver.hpp"

#include "actors/host/socket.hpp"

#include <cstring>
#include <memory>
#include <netdb.h>
#include <string>

namespace grapevine {

namespace {

using libp2p::multiaddr;

int family_of(libp2p::dial_plan::family wanted) {
  using family = libp2p::dial_plan::family;
  if (wanted == family::any)
    return AF_UNSPEC;
  return wanted == family::ip4 ? AF_INET : AF_INET6;
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

address_resolved look_up(const multiaddr& address,
                         const libp2p::dial_plan& plan) {
  addrinfo hints{};
  hints.ai_family = family_of(plan.wanted);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code =
      ::getaddrinfo(plan.host.c_str(), plan.port.c_str(), &hints, &found);
  if (code != 0)
    return {{}, "cannot resolve " + plan.host + ": " + ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{
      found, &::freeaddrinfo};
  address_resolved result;
  for (const auto* i = found; i != nullptr; i = i->ai_next)
    result.addresses.push_back(with_address(address, *i));
  return result;
}

void look_up_for(caf::event_based_actor* self, const multiaddr& address,
                 const libp2p::dial_plan& plan, const connector_actor& asker) {
  tell(self, asker, look_up(address, plan));
}

} // namespace

void resolve(caf::actor_system& sys, const multiaddr& address,
             const libp2p::dial_plan& plan, const connector_actor& asker) {
  sys.spawn<caf::detached>(look_up_for, address, plan, asker);
}

} // namespace grapevine
