#pragma once

#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/host_counts.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace grapevine {

/// Why a peer gets no place, or no connection: for counters, and in words.
struct refusal_reason {
  refusal_cause cause;
  std::string text;
};

/// The places for peers: who gets one, and who gives his to another. Some are
/// for peers that this node dials, and those who come from one address get only
/// so many, so that nobody who comes often enough shuts others out. No actor,
/// no clock.
class peer_slots {
public:
  struct options {
    std::size_t max_peers = 10'000;
    /// For peers that we dial; at most an eighth of all.
    std::size_t outbound_reserve = 256;
    /// Peers that dial us from one address (`address_group`).
    std::size_t max_per_address = 256;
    /// How long a peer may be without a pubsub stream once most places are
    /// taken.
    std::chrono::milliseconds grace{30'000};
    /// With more peers than `high_water` some go until `low_water` are left; 0:
    /// never. Whoever has had his place for less than `water_grace` stays.
    std::size_t high_water = 0;
    std::size_t low_water = 0;
    std::chrono::milliseconds water_grace{20'000};
  };

  /// How a peer has come.
  struct origin {
    bool outbound = false;
    libp2p::ip_prefix from;
  };

  /// What the router knows of a peer that has a pubsub stream.
  struct worth {
    bool in_mesh = false;
    double score = 0;
  };
  using worths = std::unordered_map<libp2p::peer_id, worth>;

  /// Whether a peer stays whoever else comes: direct and kept ones.
  using protection = std::function<bool(const libp2p::peer_id&)>;

  explicit peer_slots(const options& o) : options_{o} {}

  /// Other ones from now on; whoever has a place keeps it.
  void use(const options& o) { options_ = o; }

  /// Why there is no place for a peer that comes so; nothing if there is one.
  std::optional<refusal_reason> refusal(const origin& how) const;

  /// Whether somebody has to go for one more.
  bool full() const noexcept { return places_.size() >= options_.max_peers; }

  /// Whether those who are of no use have to go: four of five places are taken.
  bool crowded() const noexcept {
    return places_.size() * 5 > options_.max_peers * 4;
  }

  /// Whether there are more than the high-water mark allows.
  bool above_high_water() const noexcept {
    return options_.high_water > 0 && places_.size() > options_.high_water;
  }

  void add(const libp2p::peer_id& peer, const origin& how, time_point now);
  void remove(const libp2p::peer_id& peer);
  std::size_t size() const noexcept { return places_.size(); }

  /// Who is missed least: dialled us; has no pubsub stream; is in no mesh; has
  /// the lowest score; has come from the address with most peers; has come
  /// last. In this order. Nothing if all are protected.
  std::optional<libp2p::peer_id> worst(const worths& known,
                                       const protection& stays) const;

  /// Those who have had no pubsub stream for their grace, but for protected
  /// ones.
  std::vector<libp2p::peer_id>
  useless(const worths& known, const protection& stays, time_point now) const;

  /// Above the high-water mark: those who go until as many are left as the
  /// low-water mark says, or until all others are protected or new. The order
  /// is that in which `worst` would name them, one after the other.
  std::vector<libp2p::peer_id>
  surplus(const worths& known, const protection& stays, time_point now) const;

private:
  struct place {
    origin how;
    time_point since;
  };

  // The greater, the more a peer is missed. The members' order is that of their
  // importance.
  struct value {
    bool outbound;
    bool pubsub;
    bool in_mesh;
    double score;
    // Peers of its address, negative.
    double crowd;
    // Since when, negative.
    time_point::rep since;

    // NOLINTNEXTLINE(modernize-use-nullptr): it takes the comparison's zero.
    friend auto operator<=>(const value&, const value&) noexcept = default;
  };
  value value_of(const libp2p::peer_id& peer, const place& one,
                 const worths& known) const;

  std::size_t reserve() const noexcept;
  std::size_t count_of(const libp2p::ip_prefix& from) const;

  options options_;
  std::unordered_map<libp2p::peer_id, place> places_;
  std::size_t inbound_ = 0;
  // Of inbound ones.
  std::unordered_map<libp2p::ip_prefix, std::size_t> counts_;
};

} // namespace grapevine
