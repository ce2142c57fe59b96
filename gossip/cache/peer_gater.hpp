#pragma once

#include "gossip/cache/gater_parameters.hpp"
#include "gossip/limits.hpp"
#include "gossip/parameters.hpp"
#include "gossip/rng.hpp"
#include "gossip/score/score_parameters.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace grapevine::gossip {

/// Turns messages away before they are validated when there are more than can
/// be (go-libp2p-pubsub, "peer gater"): at random, the more likely the less of
/// what came from the peer's address was worth its validation. Control messages
/// pass in any case. Peers of one address, or of the /64 of an IPv6 one, share
/// their counts, so that new identities gain nothing; so do all without.
class peer_gater {
public:
  /// `p` must be valid (`validate`).
  explicit peer_gater(const gater_parameters& p);
  peer_gater(const peer_gater&) = delete;
  peer_gater& operator=(const peer_gater&) = delete;

  /// Nothing if it is there already.
  void add_peer(const libp2p::peer_id& peer,
                const std::optional<libp2p::ip_address>& ip);
  void remove_peer(const libp2p::peer_id& peer, time_point now);

  /// A message begins to be validated.
  void validated();
  /// A message was not validated because there are too many.
  void throttled(time_point now);

  // What became of a message from this peer; nothing for one that is gone.
  void delivered(const libp2p::peer_id& peer, std::string_view topic);
  void duplicate(const libp2p::peer_id& peer);
  void ignored(const libp2p::peer_id& peer);
  void rejected(const libp2p::peer_id& peer);

  /// Whether the messages of an RPC from this peer are accepted.
  bool accepts(const libp2p::peer_id& peer, time_point now, rng& gen) const;

  /// How likely `accepts` says yes: 1 while the gater rests.
  double chance(const libp2p::peer_id& peer, time_point now) const;

  /// Lets the counters decay once for each whole `decay_interval` since the
  /// last time, and forgets addresses. To be called at each heartbeat.
  void decay(time_point now);

  std::size_t address_count() const noexcept { return sources_.size(); }

private:
  struct counts {
    double delivered = 0;
    double duplicate = 0;
    double ignored = 0;
    double rejected = 0;
  };

  using source_key = std::optional<libp2p::ip_prefix>;

  struct key_hash {
    std::size_t operator()(const source_key& key) const {
      return key ? std::hash<libp2p::ip_prefix>{}(*key) : 0;
    }
  };

  struct retained {
    source_key key;
    time_point expiry;
  };

  struct source {
    std::size_t peers = 0;
    counts seen;
    // Where it is to be forgotten; only without peers.
    std::list<retained>::iterator place;
  };

  using source_map = std::unordered_map<source_key, source, key_hash>;

  bool resting(time_point now) const;
  counts* counts_of(const libp2p::peer_id& peer);
  void retain(source_map::iterator which, time_point now);
  void forget_oldest();

  gater_parameters params_;
  double validated_ = 0;
  double throttled_ = 0;
  std::optional<time_point> last_throttled_;
  std::optional<time_point> next_decay_;
  // Elements do not move.
  source_map sources_;
  std::unordered_map<libp2p::peer_id, source_map::value_type*> peers_;
  // Sources without a peer, in the order of their expiry.
  std::list<retained> retained_;
};

} // namespace grapevine::gossip
