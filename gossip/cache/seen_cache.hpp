#pragma once

#include "gossip/cache/seen_strategy.hpp"
#include "gossip/cache/time_queue.hpp"
#include "gossip/limits.hpp"
#include "gossip/message/message_id.hpp"
#include "gossip/score/delivery_log.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

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
  /// What its time to live is counted from: its first arrival or, by the
  /// strategy, its latest.
  time_point seen;
  /// When the verdict came; the first arrival until then.
  time_point decided;
  seen_state state = seen_state::validating;
  /// Whether a copy of it was rejected, whatever became of others.
  bool had_rejected = false;
  /// Whether a validator rejected a copy whose signature was good: no better
  /// one is to be expected.
  bool judged = false;
  /// Who has sent it, where the delivery window is kept.
  delivery_log::chain senders = 0;
};

/// How many ids a `seen_cache` holds, and for how long.
struct seen_cache_options {
  /// How long an id stays.
  std::chrono::nanoseconds ttl = limits::seen_ttl;
  /// When there are more, the oldest by the strategy goes.
  std::size_t max_entries = limits::seen_entries;
  seen_strategy strategy = seen_strategy::first_seen;
};

/// The ids seen lately. Every operation is O(1), expiry amortised: entries lie
/// in the order in which they came, or were last sighted, and leave in it.
class seen_cache {
public:
  explicit seen_cache(seen_cache_options options = {});

  /// The record of `id`, or null when it was not seen or has expired. Valid
  /// until the next `sight`, `insert` or `expire`.
  seen_record* find(const message_id& id, time_point now);

  /// The same when a copy of the message arrives, which counts for
  /// `seen_strategy::last_seen`. `now` never goes back.
  seen_record* sight(const message_id& id, time_point now);

  /// The same for the id with these bytes.
  const seen_record* peek(std::string_view raw_id, time_point now) const;

  /// Remembers `id`; false, and nothing changed, if it is there already. `now`
  /// never goes back.
  bool insert(const message_id& id, time_point now, seen_state state);

  /// Records a verdict; nothing if `id` is not there.
  void decide(const message_id& id, time_point now, seen_state state);

  /// Drops what is older than the time to live, at most `most` entries; whether
  /// more are left. Each `insert` drops a few.
  bool expire(time_point now, std::size_t most = limits::seen_entries);

  /// Fetches what a search for `id` looks at first.
  void expect(const message_id& id) const noexcept {
    entries_.expect(id.hash());
  }

  /// Fetches what dropping the `count` oldest entries looks at first.
  void expect_drops(std::size_t count) const noexcept {
    entries_.expect_drops(count);
  }

  std::size_t size() const noexcept { return entries_.found(); }
  std::size_t max_size() const noexcept { return options_.max_entries; }

  /// Ids that were forgotten before their time was over, as there were too
  /// many.
  std::uint64_t forgotten_early() const noexcept { return forgotten_early_; }

  /// How long ago the oldest id was seen; zero without one.
  std::chrono::nanoseconds age(time_point now) const;

private:
  struct entry {
    message_id id;
    seen_record record;
    // It was sighted again, and lies further behind.
    bool moved = false;
  };

  bool fresh(const seen_record& record, time_point now) const noexcept {
    return now - record.seen < options_.ttl;
  }

  entry* entry_of(const message_id& id);
  void move_to_end(const message_id& id);
  void drop_oldest();
  bool drop_front();

  seen_cache_options options_;
  time_queue<entry, &entry::id> entries_;
  std::uint64_t forgotten_early_ = 0;
};

} // namespace grapevine::gossip
