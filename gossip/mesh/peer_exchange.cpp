#include "gossip/mesh/peer_exchange.hpp"

#include "libp2p/address/peer_record.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace grapevine::gossip {

namespace {

std::optional<libp2p::peer_record> genuine(const libp2p::peer_id& peer,
                                           bytes_view sealed) {
  auto record = libp2p::open_peer_record(sealed);
  if (!record || record->peer != peer)
    return std::nullopt;
  return std::move(*record);
}

} // namespace

address_book::address_book(address_book_options options) : options_{options} {}

bool address_book::add(const libp2p::peer_id& peer, bytes_view sealed,
                       time_point now) {
  auto record = genuine(peer, sealed);
  if (!record)
    return false;
  const auto known = entries_.find(peer);
  if (known != entries_.end()) {
    if (record->seq < known->second.seq)
      return true;
    order_.erase(known->second.place);
    entries_.erase(known);
  }
  order_.push_back(peer);
  entries_.emplace(peer, entry{to_bytes(sealed), record->seq,
                               std::move(record->addrs), now,
                               std::prev(order_.end())});
  if (entries_.size() > options_.max_peers) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

const address_book::entry* address_book::find(const libp2p::peer_id& peer,
                                              time_point now) const {
  const auto i = entries_.find(peer);
  return i != entries_.end() && now - i->second.learned < options_.ttl
             ? &i->second
             : nullptr;
}

void address_book::touch(const libp2p::peer_id& peer, time_point now) {
  if (const auto i = entries_.find(peer); i != entries_.end())
    i->second.learned = now;
}

bytes_view address_book::sealed(const libp2p::peer_id& peer,
                                time_point now) const {
  const entry* known = find(peer, now);
  return known != nullptr ? bytes_view{known->sealed} : bytes_view{};
}

std::span<const libp2p::multiaddr>
address_book::addresses(const libp2p::peer_id& peer, time_point now) const {
  const entry* known = find(peer, now);
  return known != nullptr ? std::span{known->addresses}
                          : std::span<const libp2p::multiaddr>{};
}

address_scope scope_of(const libp2p::ip_address& ip) {
  // 0.0.0.0 and ::, which the kernel takes for this host, and the rest of the
  // network that nobody has.
  static const libp2p::ip_prefix nowhere{
      libp2p::ip_address::from_text("0.0.0.0").value(), 8};
  if (ip.is_loopback() || nowhere.contains(ip) || ip == libp2p::ip_address{})
    return address_scope::host;
  return ip.is_private() ? address_scope::network : address_scope::internet;
}

address_scope scope_of(const libp2p::multiaddr& address) {
  const auto ip = libp2p::ip_address::of(address);
  return ip ? scope_of(*ip) : address_scope::host;
}

address_scope scope_of(std::span<const libp2p::ip_address> ips) {
  auto result = address_scope::internet;
  for (const auto& ip : ips)
    result = std::min(result, scope_of(ip));
  return result;
}

std::vector<dial_candidate> candidates_of(const px_offer& offer,
                                          const address_book& book,
                                          time_point now,
                                          const offer_rules& rules) {
  std::vector<dial_candidate> result;
  for (const auto& one : offer.peers) {
    const auto id = libp2p::peer_id::from_bytes(as_bytes(one.id));
    if (!id)
      continue;
    dial_candidate candidate{*id, {}};
    if (one.signed_record.empty()) {
      const auto known = book.addresses(*id, now);
      candidate.addresses.assign(known.begin(), known.end());
    } else if (auto record = genuine(*id, as_bytes(one.signed_record))) {
      candidate.addresses = std::move(record->addrs);
    }
    std::erase_if(candidate.addresses, [&](const auto& address) {
      return scope_of(address) < rules.narrowest;
    });
    if (candidate.addresses.size() > rules.max_addresses)
      candidate.addresses.resize(rules.max_addresses);
    if (!candidate.addresses.empty())
      result.push_back(std::move(candidate));
  }
  return result;
}

bool has_proven_itself(double score, double good,
                       std::chrono::nanoseconds connected) {
  using namespace std::chrono_literals;
  // Where nobody is scored, `good` is 0 and says nothing.
  const bool serves = score > 0 && score >= good;
  return (serves && connected >= 1min) || (score >= 0 && connected >= 10min);
}

} // namespace grapevine::gossip
