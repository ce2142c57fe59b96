#pragma once

#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <unordered_map>

namespace grapevine {

/// How many connections each address may begin: so many a second, and after a
/// pause ten times as many at once. Keeps only the addresses that have not had
/// such a pause since. No actor, no clock.
class connection_rate {
public:
  /// `max_addresses` bounds what is kept. Beyond it, new addresses are let
  /// pass: to have that many costs more than what could be done with them here.
  explicit connection_rate(std::size_t per_second,
                           std::size_t max_addresses = 4096)
      : per_second_{static_cast<double>(per_second)}, max_addresses_{
                                                          max_addresses} {}

  /// Counts a connection; whether it may be.
  bool take(const libp2p::ip_prefix& from, time_point now);

  /// Addresses that are kept.
  std::size_t size() const noexcept { return buckets_.size(); }

private:
  struct bucket {
    double tokens = 0;
    time_point at;
  };

  double burst() const noexcept { return per_second_ * 10; }
  double tokens(const bucket& of, time_point now) const;
  bool make_room(time_point now);

  double per_second_;
  std::size_t max_addresses_;
  std::unordered_map<libp2p::ip_prefix, bucket> buckets_;
  // When those were last forgotten that had their pause.
  time_point swept_;
};

} // namespace grapevine
