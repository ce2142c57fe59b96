#pragma once

#include <cstddef>
#include <cstdint>

namespace grapevine::gossip {

/// How much is remembered of messages.
struct cache_sizes {
  /// Ids seen, `seen_cache_options::max_entries`.
  std::size_t seen_ids = 0;
  /// `message_window_options::max_bytes`.
  std::size_t window_bytes = 0;

  friend bool operator==(const cache_sizes&, const cache_sizes&) = default;
};

/// How much of the largest RPCs, of so many bytes, may be under way: what each
/// bound is by default, or some of them if that is more.
struct rpc_room {
  explicit rpc_room(std::size_t largest) noexcept;

  /// Frames that wait for all peers.
  std::size_t queued;
  /// RPCs that peers have begun.
  std::size_t unfinished;
  /// `validation_queue_options::max_bytes`.
  std::size_t validating;
};

/// What suits a machine with so many bytes of memory: a sixteenth of it for
/// ids, when they are full, and a 256th for messages, within bounds. Of 24 GiB:
/// 12 million ids, 120 s of 100,000 messages a second, and 96 MiB.
cache_sizes sizes_for(std::uint64_t memory);

} // namespace grapevine::gossip
