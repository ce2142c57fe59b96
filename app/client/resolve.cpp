#include "app/client/resolve.hpp"

#include "libp2p/address/dial_plan.hpp"

#include <cstring>
#include <memory>
#include <netdb.h>

namespace grapevine::app {

namespace {

int family_of(libp2p::dial_plan::family wanted) {
  using family = libp2p::dial_plan::family;
  if (wanted == family::any)
    return AF_UNSPEC;
  return wanted == family::ip4 ? AF_INET : AF_INET6;
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
  const auto plan = libp2p::plan_dial(address);
  if (!plan)
    return unexpected{plan.error()};
  if (plan->is_name && plan->by != libp2p::dial_plan::lookup::host)
    return unexpected<std::string>{
        "only the peers of a node (--peer) are looked up in TXT and SRV "
        "records: give a name with /tcp/PORT, or an address"};
  addrinfo hints{};
  hints.ai_family = family_of(plan->wanted);
  hints.ai_socktype = SOCK_STREAM;
  if (!plan->is_name)
    hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  const int code =
      ::getaddrinfo(plan->host.c_str(), plan->port.c_str(), &hints, &found);
  if (code != 0)
    return unexpected{"cannot resolve " + plan->host + ": "
                      + ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{
      found, &::freeaddrinfo};
  std::vector<endpoint> places;
  for (const auto* i = found; i != nullptr; i = i->ai_next)
    places.push_back(to_endpoint(*i));
  return places;
}

} // namespace grapevine::app
