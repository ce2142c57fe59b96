#include "actors/node/node_state.hpp"
#include "libp2p/address/announced_addresses.hpp"

#include <utility>

// The peers of the local network.

namespace grapevine {

namespace {

// With so many peers none of the local network is dialled: a mesh needs no
// more, and where everybody is on one network not everybody dials all.
constexpr std::size_t enough_peers = 24;

} // namespace

void node_state::start_mdns() {
  if (!config_.mdns)
    return;
  auto socket = open_mdns_socket();
  if (!socket) {
    ctx_->log->warn("no peers are looked for by mDNS: {}",
                    socket.error().reason);
    return;
  }
  mdns_ = parts_.mdns(self_->system(), host_, std::move(*socket),
                      node_internal_actor{self_});
  downs_.watch(mdns_);
  tell_lan();
}

// Nobody there has a use for the addresses that others are told in their place.
void node_state::tell_lan() {
  if (!mdns_)
    return;
  const auto told = libp2p::announced_of(bound_addresses(), interfaces_,
                                         {{}, config_.hidden_addresses});
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
