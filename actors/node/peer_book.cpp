#include "actors/node/peer_book.hpp"

#include "actors/host/address_group.hpp"
#include "gossip/mesh/peer_exchange.hpp"
#include "libp2p/address/dial_plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace grapevine {

namespace {

using libp2p::multiaddr;

// Where the peer can be dialled: what worked comes first.
std::vector<multiaddr> addresses_of(const acquaintance& one, std::size_t most) {
  std::vector<multiaddr> result;
  const auto add = [&](const multiaddr& address) {
    auto bare = address.without_peer();
    if (result.size() < most && libp2p::plan_dial(bare)
        && std::ranges::find(result, bare) == result.end())
      result.push_back(std::move(bare));
  };
  if (one.outbound)
    add(one.address);
  const auto narrowest = gossip::scope_of(one.address);
  for (const auto& address : one.signed_addresses)
    if (gossip::scope_of(address) >= narrowest)
      add(address);
  return result;
}

} // namespace

std::optional<stored_peer>
worth_keeping(const acquaintance& one,
              std::chrono::system_clock::time_point wall_clock,
              const peer_book_limits& limits) {
  const bool chosen = one.outbound && !one.offered;
  if (!chosen && one.connected < limits.stay)
    return std::nullopt;
  auto addresses = addresses_of(one, limits.addresses);
  if (addresses.empty())
    return std::nullopt;
  return stored_peer{one.peer,   std::move(addresses),
                     one.sealed, address_group(one.address),
                     chosen,     wall_clock};
}

time_point peer_book::next_round(time_point now) const {
  const auto soonest = now + limits_.patience;
  return begun_ ? std::max(soonest, *begun_ + pause_) : soonest;
}

void peer_book::begin(std::vector<stored_peer> known, time_point now) {
  waiting_.assign(std::make_move_iterator(known.begin()),
                  std::make_move_iterator(known.end()));
  if (begun_)
    pause_ = std::min(2 * pause_, limits_.longest_pause);
  begun_ = now;
}

std::optional<stored_peer>
peer_book::next(const std::function<bool(const libp2p::peer_id&)>& wanted) {
  while (!waiting_.empty()) {
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    if (!wanted(one.peer))
      continue;
    if (one.addresses.size() > limits_.dialled)
      one.addresses.resize(limits_.dialled);
    return one;
  }
  return std::nullopt;
}

void peer_book::enough() {
  pause_ = limits_.first_pause;
  // Not `clear`, which keeps memory.
  if (!waiting_.empty())
    waiting_ = {};
}

} // namespace grapevine
