#pragma once

#include "gossip/limits.hpp"
#include "gossip/mesh/mesh_effects.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What bounds an `address_book`.
struct address_book_options {
  /// Peers; the one whose record came first goes. Some 1 KiB each.
  std::size_t max_peers = limits::known_peers;
  /// How long a record is believed after the peer was last connected.
  std::chrono::nanoseconds ttl = limits::record_ttl;
};

/// Where peers can be reached, as they signed it themselves: for offering them
/// to others in a PRUNE, and for dialling those that are offered without a
/// record. Only peers that were connected come in, so offers cannot fill it.
class address_book {
public:
  explicit address_book(address_book_options options = {});

  /// Keeps a signed record. False if it is not genuine or another peer's. An
  /// older one than what is known changes nothing.
  bool add(const libp2p::peer_id& peer, bytes_view sealed, time_point now);

  /// What is known of the peer is believed from now on: it is connected.
  void touch(const libp2p::peer_id& peer, time_point now);

  /// The record as it was signed; empty if there is none.
  bytes_view sealed(const libp2p::peer_id& peer, time_point now) const;

  /// Where the peer can be dialled; valid until the next `add`.
  std::span<const libp2p::multiaddr> addresses(const libp2p::peer_id& peer,
                                               time_point now) const;

  std::size_t size() const noexcept { return entries_.size(); }

private:
  struct entry {
    bytes sealed;
    std::uint64_t seq = 0;
    std::vector<libp2p::multiaddr> addresses;
    time_point learned;
    std::list<libp2p::peer_id>::iterator place;
  };

  const entry* find(const libp2p::peer_id& peer, time_point now) const;

  address_book_options options_;
  std::unordered_map<libp2p::peer_id, entry> entries_;
  // The first one learned in front.
  std::list<libp2p::peer_id> order_;
};

/// A peer to connect to.
struct dial_candidate {
  libp2p::peer_id peer;
  std::vector<libp2p::multiaddr> addresses;
};

/// From where an address is reached; the narrower, the less.
enum class address_scope {
  /// This host alone: loopback, the unspecified address, which is taken for it,
  /// and names, as nobody knows what they stand for.
  host,
  /// A private or link-local network.
  network,
  internet,
};

address_scope scope_of(const libp2p::ip_address& ip);
address_scope scope_of(const libp2p::multiaddr& address);

/// The narrowest scope of a peer that is connected from `ips`; the Internet if
/// there are none.
address_scope scope_of(std::span<const libp2p::ip_address> ips);

/// What of an offer is dialled.
struct offer_rules {
  /// Addresses in narrower scopes than this are not: whoever is on the Internet
  /// does not make this node knock at the doors of its own network, or host.
  address_scope narrowest = address_scope::host;
  /// Addresses of one peer. An honest one has one or two in each version.
  std::size_t max_addresses = 4;
};

/// The peers of an offer that can be dialled (gossipsub-v1.1, "Peer exchange"):
/// with a genuine record of their own, or without one but known to `book`. A
/// record that is not the named peer's makes that entry void.
std::vector<dial_candidate> candidates_of(const px_offer& offer,
                                          const address_book& book,
                                          time_point now,
                                          const offer_rules& rules = {});

/// Whether a peer that was found by an offer counts as one of our own choice
/// from now on: it has been connected for a minute and has a `good` score,
/// which squatters do not reach (the opportunistic threshold), or has done
/// nothing wrong for ten. Until then those who offer peers could fill the
/// places that are kept for our own choice.
bool has_proven_itself(double score, double good,
                       std::chrono::nanoseconds connected);

} // namespace grapevine::gossip
