#pragma once

#include "gossip/limits.hpp"
#include "gossip/mesh_effects.hpp"
#include "libp2p/multiaddr.hpp"
#include "libp2p/peer_id.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

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

/// The peers of an offer that can be dialled (gossipsub-v1.1, "Peer exchange"):
/// with a genuine record of their own, or without one but known to `book`. A
/// record that is not the named peer's makes that entry void.
std::vector<dial_candidate>
candidates_of(const px_offer& offer, const address_book& book, time_point now);

} // namespace grapevine::gossip
