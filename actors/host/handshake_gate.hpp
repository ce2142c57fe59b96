#pragma once

#include "actors/host/connection_rate.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace grapevine {

/// The connections that others have begun and not yet proven who they are: says
/// which are attended to, and which end for them. Nobody keeps others out by
/// connecting and saying nothing, nor by saying something and then nothing
/// more. No actor, no clock.
class handshake_gate {
public:
  /// Names a connection.
  using key = std::uint64_t;

  struct options {
    /// At once, and of these from one address (`address_group`).
    std::size_t total = 256;
    std::size_t per_address = 128;
    /// Begun a second by one address.
    std::size_t per_second = 32;
    /// From then on a handshake may end for another one. Three to five round
    /// trips are over by then nearly everywhere.
    std::chrono::milliseconds unhurried{1'000};
  };

  enum class answer {
    welcome,
    /// The address has begun too many at once.
    too_many,
    /// The address begins too many a second.
    too_often,
  };

  struct decision {
    answer what = answer::welcome;
    /// Ends for it.
    std::optional<key> instead;
  };

  explicit handshake_gate(const options& o)
      : options_{o}, rate_{o.per_second} {}

  /// Whether one more could be attended to now, if it is not its address's
  /// fault. Otherwise it had better wait in the kernel.
  bool has_room(time_point now) const;

  /// When there will be room at the latest. There must be connections.
  time_point room_at() const;

  /// One was accepted. Full, the oldest goes that has said nothing, of the
  /// address with most of them; if all have said something, one that has had
  /// its time.
  decision enter(key id, const libp2p::ip_prefix& from, time_point now);

  /// Its first bytes have come.
  void spoke(key id);

  /// It has ended, or proven who it is.
  void ended(key id);

  std::size_t size() const noexcept { return entries_.size(); }

private:
  struct entry {
    key id;
    libp2p::ip_prefix from;
    time_point since;
    bool silent = true;
  };

  std::size_t count_of(const libp2p::ip_prefix& from) const;
  std::optional<key> oldest_silent(const libp2p::ip_prefix& from) const;
  template <class Droppable>
  std::optional<key> of_most_crowded(Droppable droppable) const;

  options options_;
  connection_rate rate_;
  // The oldest first.
  std::vector<entry> entries_;
  std::size_t silent_ = 0;
  std::unordered_map<libp2p::ip_prefix, std::size_t> counts_;
};

} // namespace grapevine
