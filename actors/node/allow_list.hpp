#pragma once

#include "libp2p/identity/peer_id.hpp"

#include <unordered_set>
#include <vector>

namespace grapevine {

/// Which peers may be connected, if not all: those of a list that is
/// configured, and what was said of single ones since. No actor, no clock.
class allow_list {
public:
  /// Without any: all may.
  explicit allow_list(const std::vector<libp2p::peer_id>& configured);

  /// Another list. What was said of single peers still holds, but for those
  /// that the list names anew, and not where all may now.
  void configure(const std::vector<libp2p::peer_id>& configured);

  /// Allows or forbids one, whatever the list says. Not where all may: the
  /// first that is allowed would be the only one.
  void say(const libp2p::peer_id& peer, bool allowed);

  /// Whether there is a list: also one of which the last has been forbidden.
  bool restricts() const noexcept { return !configured_.empty(); }

  bool allows(const libp2p::peer_id& peer) const;

  /// Whether just this one has been forbidden: not even what the node is told
  /// to stay connected to.
  bool forbids(const libp2p::peer_id& peer) const {
    return forbidden_.contains(peer);
  }

private:
  // By `peer_id`'s hash, whose key is this process's own.
  std::unordered_set<libp2p::peer_id> configured_;
  std::unordered_set<libp2p::peer_id> added_;
  std::unordered_set<libp2p::peer_id> forbidden_;
};

} // namespace grapevine
