#include "actors/node/node_state.hpp"
#include "libp2p/address/announced_addresses.hpp"

#include <algorithm>
#include <utility>
#include <vector>

// The peers of the local network.

namespace grapevine {

namespace {

// With so many peers none of the local network is dialled: a mesh needs no
// more, and where everybody is on one network not everybody dials all.
constexpr std::size_t enough_peers = 24;

// A link-local address of IPv6 only of an interface that has no other private
// one: not every implementation can dial it.
std::vector<libp2p::ip_address>
lan_ips(const std::vector<interface_address>& interfaces) {
  std::vector<libp2p::ip_address> result;
  result.reserve(interfaces.size());
  for (const auto& one : interfaces)
    if (!one.ip.is_link_local6()
        || std::ranges::none_of(interfaces, [&](const auto& other) {
             return other.index == one.index && other.ip.is_private()
                    && !other.ip.is_link_local6();
           }))
      result.push_back(one.ip);
  return result;
}

} // namespace

void node_state::start_mdns() {
  if (!config_.mdns)
    return;
  auto sockets = open_mdns_sockets();
  if (!sockets) {
    ctx_->log->warn("no peers are looked for by mDNS: {}",
                    sockets.error().reason);
    return;
  }
  mdns_ = parts_.mdns(self_->system(), host_, *std::move(sockets),
                      node_internal_actor{self_});
  downs_.watch(mdns_);
  tell_lan();
}

// Nobody there has a use for the addresses that others are told in their place.
void node_state::tell_lan() {
  if (!mdns_)
    return;
  const auto told = libp2p::announced_of(bound_addresses(), lan_ips(lan_),
                                         {{}, config_.hidden_addresses, true});
  tell(self_, mdns_, use_lan{lan_interfaces(lan_), told.addresses});
}

// They wait their turn with those that peers offer, a few at once and a few in
// a second, whoever made them up.
void node_state::found(const peers_found& msg) {
  if (phase_ != phase::running)
    return;
  for (const auto& one : msg.peers) {
    if (peers_.size() + offers_.waiting() >= enough_peers
        || one.peer == ctx_->self || peers_.contains(one.peer)
        || blocked_.contains(one.peer) || !is_allowed(one.peer)
        || dials_.dials_offered(one.peer))
      continue;
    if (offers_.add({one.peer, one.addresses}))
      say(true, [&] {
        return fmt::format("found by mDNS peer={} addr={}", to_string(one.peer),
                           one.addresses.front().to_text());
      });
  }
  dial_offered();
}

} // namespace grapevine
