#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/time_point.hpp"
#include "messages/peer_store.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace grapevine {

/// What a node knows of one of its peers when it writes down whom it knows.
struct acquaintance {
  libp2p::peer_id peer;
  /// Where it is connected from, or was dialled at.
  libp2p::multiaddr address;
  bool outbound = false;
  /// It was dialled, but not at this node's own word alone: somebody offered
  /// it, or it was known from before.
  bool offered = false;
  /// For how long it has been connected.
  std::chrono::nanoseconds connected{};
  /// What it signed of where it can be reached; empty if it did not.
  std::vector<libp2p::multiaddr> signed_addresses{};
  bytes sealed{};
};

struct peer_book_limits {
  /// How long a peer that this node did not choose must have been connected:
  /// whoever wants to be remembered under many names has to hold as many
  /// connections.
  std::chrono::minutes stay{5};
  /// Addresses that are kept of a peer, and that are dialled of it.
  std::size_t addresses = 16;
  std::size_t dialled = 4;
  /// How long there are too few peers before known ones are dialled: those that
  /// are configured come first.
  std::chrono::seconds patience{2};
  /// From the beginning of one round through all known peers to the next one;
  /// doubles as long as there are too few.
  std::chrono::seconds first_pause{60};
  std::chrono::seconds longest_pause{3'600};
};

/// What is worth writing down of a peer: nothing if this node neither chose it
/// nor has been connected to it for long, or if nobody could dial it.
///
/// Addresses in narrower scopes than where it is connected from are left out:
/// whoever is on the Internet does not make this node knock at the doors of its
/// own network, or host.
std::optional<stored_peer>
worth_keeping(const acquaintance& one,
              std::chrono::system_clock::time_point wall_clock,
              const peer_book_limits& limits = {});

/// Which of the known peers a node with too few of them dials: a round through
/// those that were written down, and another one after a pause. No actor, no
/// clock.
class peer_book {
public:
  explicit peer_book(const peer_book_limits& limits = {})
      : limits_{limits}, pause_{limits.first_pause} {}

  /// When the next round is due if there are too few peers from now on.
  time_point next_round(time_point now) const;

  /// Begins a round with these, in their order.
  void begin(std::vector<stored_peer> known, time_point now);

  /// The next one of the round of whom `wanted` says so, with the addresses to
  /// dial; nothing at its end.
  std::optional<stored_peer>
  next(const std::function<bool(const libp2p::peer_id&)>& wanted);

  /// Whether a round has begun and not come to its end.
  bool in_round() const noexcept { return !waiting_.empty(); }

  /// There are enough peers: the round is over.
  void enough();

private:
  peer_book_limits limits_;
  std::deque<stored_peer> waiting_;
  std::optional<time_point> begun_;
  std::chrono::seconds pause_;
};

} // namespace grapevine
