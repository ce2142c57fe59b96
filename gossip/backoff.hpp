#pragma once

#include "gossip/parameters.hpp"
#include "gossip/peer_table.hpp"
#include "libp2p/keyed_hash.hpp"
#include "libp2p/peer_id.hpp"
#include "libp2p/session_types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// Until when a peer must not be grafted, and may not graft us, after a PRUNE
/// (gossipsub-v1.1, "Prune backoff"). Kept by identity: it outlives the
/// connection, and leaving the topic. The identities are numbered, so that an
/// entry is small and all of a topic are walked through without a search.
class backoff_table {
public:
  explicit backoff_table(const mesh_limits& limits) : limits_{limits} {}

  /// The identity is connected as `handle` from now on, or gone (nobody's).
  void set_handle(const libp2p::peer_id& peer, peer_handle handle);

  /// Backs `peer`, connected as `handle`, off until `now + duration`; a later
  /// expiry that is there stays. When the topic has as many as the limit
  /// allows, the longest one goes.
  void add(std::string_view topic, const libp2p::peer_id& peer,
           peer_handle handle, libp2p::time_point now,
           std::chrono::seconds duration);

  /// When the backoff ends or ended; nothing if there is none, or it was
  /// already cleared.
  std::optional<libp2p::time_point> expiry(std::string_view topic,
                                           const libp2p::peer_id& peer) const;

  /// Whether it lasts: a GRAFT that comes now is too early.
  bool active(std::string_view topic, const libp2p::peer_id& peer,
              libp2p::time_point now) const;

  /// Appends the connected peers whose backoff in the topic ends after
  /// `moment`.
  void ending_after(std::string_view topic, libp2p::time_point moment,
                    std::vector<peer_handle>& out) const;

  /// Forgets what ended `slack` ago or earlier.
  void clear_expired(libp2p::time_point now, std::chrono::milliseconds slack);

  /// Entries of all topics together.
  std::size_t size() const noexcept { return size_; }

  /// Identities that have any.
  std::size_t peer_count() const noexcept { return numbers_.size(); }

private:
  struct backed_off {
    libp2p::peer_id id;
    peer_handle handle;
    std::size_t entries = 0;
  };

  struct entry {
    std::uint32_t number = 0;
    libp2p::time_point end;
  };

  // In the order of the numbers.
  using entries = std::vector<entry>;

  const entry* find(std::string_view topic, const libp2p::peer_id& peer) const;
  std::uint32_t number_of(const libp2p::peer_id& peer, peer_handle handle);
  void forget(const entry& which);
  void drop_longest(entries& of);

  const mesh_limits& limits_;
  libp2p::keyed_string_map<entries> topics_;
  std::unordered_map<libp2p::peer_id, std::uint32_t> numbers_;
  // By number.
  std::vector<backed_off> peers_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
  // No entry ends earlier, so most heartbeats have nothing to look through.
  libp2p::time_point earliest_ = libp2p::time_point::max();
};

} // namespace grapevine::gossip
