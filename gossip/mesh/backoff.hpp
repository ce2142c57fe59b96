#pragma once

#include "gossip/mesh/peer_table.hpp"
#include "gossip/parameters.hpp"
#include "gossip/slot_map.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <algorithm>
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

/// Who imposed a backoff: the sender of the PRUNE.
enum class pruner { we, peer };

/// A GRAFT that is refused because it comes during a backoff.
struct early_graft {
  /// How much of the backoff is left.
  std::chrono::nanoseconds left{};
  /// The peer was told of it on this connection, and asks too often.
  bool offence = false;
  /// It was told so within the last pause.
  bool soon = false;
};

/// Until when a peer must not be grafted, and may not graft us, after a PRUNE
/// (gossipsub-v1.1, "Prune backoff"). Kept by identity: it outlives the
/// connection, and leaving the topic. The identities are numbered, so that an
/// entry is small and all of a topic are walked through without a search.
///
/// A peer that comes back on another connection may have been started anew and
/// know of none. Others (the specification, go) refuse it then, extend the
/// backoff and count it as a misbehaviour; so an honest peer's restart would
/// keep it out of all meshes. Here what the peer itself imposed ends when it
/// grafts us on another connection, and what we imposed is told to it again and
/// is no offence: an honest peer is never punished for a restart or a late
/// PRUNE. Nobody gains by that, as each time costs a handshake.
class backoff_table {
public:
  explicit backoff_table(const mesh_limits& limits) : limits_{limits} {}

  /// The identity is connected as `handle` from now on, or gone (nobody's).
  void set_handle(const libp2p::peer_id& peer, peer_handle handle);

  /// Backs `peer`, connected as `handle`, off until `now + duration`, because
  /// of a PRUNE of `by` on the connection with this number; a later expiry that
  /// is there stays. When the topic has as many as the limit allows, the
  /// longest one goes.
  void add(std::string_view topic, const libp2p::peer_id& peer,
           peer_handle handle, time_point now, std::chrono::seconds duration,
           pruner by = pruner::we, std::uint32_t connection = 0);

  /// When it ends or ended that we do not graft the peer, whoever imposed it;
  /// nothing if there is none, or it was already cleared.
  std::optional<time_point> expiry(std::string_view topic,
                                   const libp2p::peer_id& peer) const;

  /// Judges a GRAFT of the peer; nothing if no backoff is in its way. A refused
  /// one does not extend the backoff, as the specification and go have it:
  /// whoever keeps asking would never get in, and what it was told first would
  /// not hold. One for each `pause` since it was told on this connection, and
  /// one more, which may have crossed the PRUNE, is no offence; more are.
  std::optional<early_graft> refuse(std::string_view topic,
                                    const libp2p::peer_id& peer,
                                    std::uint32_t connection, time_point now,
                                    std::chrono::milliseconds pause);

  /// Appends the connected peers whose backoff in the topic ends after
  /// `moment`.
  void ending_after(std::string_view topic, time_point moment,
                    std::vector<peer_handle>& out) const;

  /// Forgets what ended `slack` ago or earlier.
  void clear_expired(time_point now, std::chrono::milliseconds slack);

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
    // On which the peer was last told of it, or told us.
    std::uint32_t connection = 0;
    // The ends of what we imposed, and the peer.
    time_point ours = time_point::min();
    time_point theirs = time_point::min();
    // When: at the PRUNE, or the first GRAFT on another connection.
    time_point told;
    // Early GRAFTs since then.
    std::uint32_t asked = 0;

    time_point end() const { return std::max(ours, theirs); }
  };

  // In the order of the numbers.
  using entries = std::vector<entry>;

  const entry* find(std::string_view topic, const libp2p::peer_id& peer) const;
  static void impose(entry& on, time_point now, time_point end, pruner by,
                     std::uint32_t connection);
  std::uint32_t number_of(const libp2p::peer_id& peer, peer_handle handle);
  void forget(const entry& which);
  void drop_longest(entries& of);

  const mesh_limits& limits_;
  libp2p::keyed_string_map<entries> topics_;
  // Its slots are the numbers.
  slot_map<backed_off> peers_;
  std::unordered_map<libp2p::peer_id, slot_handle> numbers_;
  std::size_t size_ = 0;
  // No entry ends earlier, so most heartbeats have nothing to look through.
  time_point earliest_ = time_point::max();
};

} // namespace grapevine::gossip
