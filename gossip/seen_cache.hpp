#pragma once

#include "gossip/delivery_log.hpp"
#include "gossip/limits.hpp"
#include "gossip/message_id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>

namespace grapevine::gossip {

/// What became of a message that was seen.
enum class seen_state : std::uint8_t {
  /// No verdict yet.
  validating,
  /// Delivered and forwarded, or published here.
  accepted,
  /// Rejected; other bytes under the same id may yet be good.
  rejected,
  /// Neither delivered nor held against anybody.
  ignored,
};

/// What is remembered of a message.
struct seen_record {
  time_point first_seen;
  /// When the verdict came; `first_seen` until then.
  time_point decided;
  seen_state state = seen_state::validating;
  /// Whether a copy of it was rejected, whatever became of others.
  bool had_rejected = false;
  /// Who has sent it, where the delivery window is kept.
  delivery_log::chain senders = 0;
};

struct seen_cache_options {
  /// How long an id stays, counted from its first arrival.
  std::chrono::nanoseconds ttl = limits::seen_ttl;
  /// When there are more, the oldest goes.
  std::size_t max_entries = limits::seen_entries;
};

/// The ids seen lately. Every operation is O(1), expiry amortised: entries
/// leave in the order in which they came.
class seen_cache {
public:
  explicit seen_cache(seen_cache_options options = {});

  /// The record of `id`, or null when it was not seen or has expired. Valid
  /// until the next `insert` or `expire`.
  seen_record* find(const message_id& id, time_point now);

  /// The same for the id with these bytes.
  const seen_record* peek(std::string_view raw_id, time_point now) const;

  /// Remembers `id`; false, and nothing changed, if it is there already. `now`
  /// never goes back.
  bool insert(const message_id& id, time_point now, seen_state state);

  /// Records a verdict; nothing if `id` is not there.
  void decide(const message_id& id, time_point now, seen_state state);

  /// Drops what is older than the time to live. `insert` does it too.
  void expire(time_point now);

  std::size_t size() const noexcept { return entries_.size(); }

private:
  using map = std::unordered_map<message_id, seen_record, message_id_hash,
                                 message_id_equal>;

  bool fresh(const seen_record& record, time_point now) const noexcept {
    return now - record.first_seen < options_.ttl;
  }

  void drop_oldest();

  seen_cache_options options_;
  map entries_;
  // In order of arrival. Elements of the map do not move.
  std::deque<const map::value_type*> order_;
};

} // namespace grapevine::gossip
