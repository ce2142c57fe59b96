#pragma once

#include "gossip/rng.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// The addresses that a node stays connected to, and when each is dialled
/// again: pauses that double from `min` to `max`, each drawn from its upper
/// half so that nodes do not dial in step. No actor, no clock.
class kept_peers {
public:
  using duration = std::chrono::milliseconds;

  kept_peers(duration min, duration max) : min_{min}, max_{max} {}

  /// Who wants an address to be kept: somebody who gave it, or a name that has
  /// it, whose word counts less.
  enum class wish { given, named };

  /// Keeps an address; false if it is kept already.
  bool add(const libp2p::multiaddr& address, wish by = wish::given);

  /// `address` leads to `peer`, to which there is a connection.
  void connected(const libp2p::multiaddr& address, const libp2p::peer_id& peer);

  /// An attempt to connect to `address` failed, and why: the pause before the
  /// next one, if it is still kept.
  std::optional<duration> failed(const libp2p::multiaddr& address,
                                 const std::string& why, gossip::rng& gen);

  /// `peer` is gone, and why: its addresses and the pauses before they are
  /// dialled. The pauses begin anew if the connection was `stable`; a peer that
  /// accepts and closes at once is not dialled ever faster.
  std::vector<std::pair<libp2p::multiaddr, duration>>
  lost(const libp2p::peer_id& peer, bool stable, const std::string& why,
       gossip::rng& gen);

  /// Keeps `peer`, or the address, no longer.
  void forget(const libp2p::peer_id& peer);
  void forget(const libp2p::multiaddr& address);

  /// The names that had it want an address no longer: it is kept only if it was
  /// given, too.
  void forget_named(const libp2p::multiaddr& address);

  /// To whom there is a connection by an address.
  std::optional<libp2p::peer_id>
  peer_at(const libp2p::multiaddr& address) const;

  /// All of them, for people.
  std::vector<kept_address> list() const;

  bool contains(const libp2p::multiaddr& address) const {
    return entries_.contains(address.to_text());
  }

  /// Whether `peer` is one of them: an address names it, or led to it the last
  /// time.
  bool keeps(const libp2p::peer_id& peer) const;

private:
  struct entry {
    libp2p::multiaddr address;
    wish by = wish::given;
    // To which there is a connection.
    std::optional<libp2p::peer_id> peer;
    // Whom the address names, or led to the last time.
    std::optional<libp2p::peer_id> known;
    unsigned failures = 0;
    // Why the last attempt or connection ended.
    std::string trouble;
  };

  duration next_pause(entry& of, gossip::rng& gen) const;

  duration min_;
  duration max_;
  std::map<std::string, entry> entries_;
};

} // namespace grapevine
