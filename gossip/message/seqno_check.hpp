#pragma once

#include "gossip/limits.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/rpc.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace grapevine::gossip {

/// The highest sequence number that was accepted of each author, so that a
/// message can be recognised as a replay long after its id is forgotten: go's
/// basic seqno validator. Only for networks whose authors all count upwards,
/// in the order in which messages may arrive: of two that overtake each other,
/// the slower one is lost. Every operation is O(1).
///
/// When there are too many authors, the one that was accepted least lately is
/// forgotten: its old messages pass once more, until a newer one of it is
/// accepted. Whoever may author that many others can bring this about.
class seqno_check {
public:
  explicit seqno_check(std::size_t max_authors = limits::seqno_authors)
      : max_authors_{max_authors} {}

  /// Whether `msg` is not newer than all that was accepted of its author. False
  /// without author or number, and for an author that is not known.
  bool is_old(const proto::message_view& msg) const;

  /// Takes the number of `msg` as accepted. False, and nothing changed, if it
  /// is old.
  bool advance(const proto::message_view& msg);

  /// Authors that are known.
  std::size_t size() const noexcept { return latest_.size(); }

private:
  struct author {
    libp2p::peer_id id;
    std::uint64_t highest = 0;
  };

  std::size_t max_authors_;
  // Those accepted most lately first.
  std::list<author> latest_;
  std::unordered_map<libp2p::peer_id, std::list<author>::iterator> authors_;
};

} // namespace grapevine::gossip
