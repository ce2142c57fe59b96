#pragma once

#include "gossip/score/score_parameters.hpp"
#include "libp2p/address/ip_address.hpp"

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// Who shares an IP address with whom (P6).
class score_colocation {
public:
  score_colocation(const colocation_parameters& p, std::size_t max_addresses);
  score_colocation(const score_colocation&) = delete;
  score_colocation& operator=(const score_colocation&) = delete;

  /// From now on it is these; the whitelist, and whether anything counts at
  /// all, hold for addresses that come.
  void use(const colocation_parameters& p);

  /// An address, or the /64 of one, that peers are at.
  struct place {
    libp2p::ip_prefix range;
    std::size_t peers = 0;
    /// What each of them has to bear: the square of the surplus.
    double surplus = 0;
  };

  /// Where one peer is. Places do not move.
  using places = std::vector<const place*>;

  /// The peer that was at `held` is at these addresses now. Loopback and
  /// whitelisted ones do not count.
  void move(places& held, std::span<const libp2p::ip_address> addresses);

  /// Of all its places. As a rule nowhere is one, and nothing is looked at.
  double surplus(const places& held) const noexcept {
    double sum = 0;
    if (crowded_ == 0)
      return sum;
    for (const auto* at : held)
      sum += at->surplus;
    return sum;
  }

  std::size_t size() const noexcept { return places_.size(); }

private:
  bool counts(const libp2p::ip_address& address) const;
  // At most once into `held`.
  void enter(places& held, const libp2p::ip_prefix& range);
  void change(place& at, std::size_t peers);

  colocation_parameters params_;
  std::size_t max_addresses_;
  std::unordered_map<libp2p::ip_prefix, place> places_;
  // Places with a surplus.
  std::size_t crowded_ = 0;
};

} // namespace grapevine::gossip
