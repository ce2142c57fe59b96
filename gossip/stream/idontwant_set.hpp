#pragma once

#include "gossip/limits.hpp"
#include "gossip/message/message_id.hpp"

#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What an `idontwant_set` holds, and for how long.
struct idontwant_set_options {
  /// How long an id stays: three heartbeats of a second, as in go, which is
  /// longer than any message is on its way.
  std::chrono::nanoseconds ttl = std::chrono::seconds{3};
  /// Ids at once; further ones are not kept.
  std::size_t max_ids = limits::idontwant_ids;
  /// Bytes of them together, likewise.
  std::size_t max_bytes = limits::idontwant_bytes;
};

/// The messages that a peer said it does not want (gossipsub-v1.2, IDONTWANT).
/// Every operation is O(1), expiry amortised, and an empty set has no memory:
/// there is one for each peer. A search costs no hashing. It compares whole
/// ids: their hash is no secret, so whoever knows a message's id beforehand
/// could make peers refuse it by another one's that has the same hash.
class idontwant_set {
public:
  explicit idontwant_set(idontwant_set_options options = {})
      : options_{options} {}

  /// Remembers `id`, counted from now if it is not there yet. False if there
  /// is no room. How many ids are worth it is `gossip_budget`'s to say. `now`
  /// never goes back.
  bool insert(message_id id, time_point now);

  /// Whether the peer does not want the message with this id.
  bool contains(const message_id& id, time_point now) const {
    const auto it = entries_.find(id);
    return it != entries_.end() && fresh(it->second, now);
  }

  /// Drops what has expired. `insert` does it too; for peers that say no more,
  /// call it at heartbeats.
  void expire(time_point now);

  /// Forgets all.
  void clear() { *this = idontwant_set{options_}; }

  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  std::size_t bytes_held() const noexcept { return bytes_held_; }

private:
  using map = std::unordered_map<message_id, time_point, message_id_hash,
                                 message_id_equal>;

  bool fresh(time_point inserted, time_point now) const noexcept {
    return now - inserted < options_.ttl;
  }

  void drop_oldest();
  void close_gap();

  idontwant_set_options options_;
  map entries_;
  // In order of arrival, the first `gone_` of them dropped already. Elements of
  // the map do not move.
  std::vector<const map::value_type*> order_;
  std::size_t gone_ = 0;
  std::size_t bytes_held_ = 0;
};

} // namespace grapevine::gossip
