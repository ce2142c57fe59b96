#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"
#include "messages/transport.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <variant>

namespace grapevine {

/// Somebody asked for the connection, and gets the answer.
struct asked_dial {
  caf::typed_response_promise<peer_connected> answer;
};

/// An address that the node stays connected to (`kept_peers`).
struct kept_dial {
  libp2p::multiaddr address;
};

/// A peer that another one offered (`offered_peers`).
struct offered_dial {
  libp2p::peer_id peer;
};

/// An attempt to connect that is under way: who makes it, and what for.
struct dial_record {
  connector_actor connector;
  std::variant<asked_dial, kept_dial, offered_dial> purpose;

  /// What it is for, if it is for that; else null.
  template <class Purpose>
  const Purpose* is() const noexcept {
    return std::get_if<Purpose>(&purpose);
  }
};

/// The node's attempts to connect: one entry from the beginning of each to its
/// end. Sends nothing, and has no clock.
class dial_book {
public:
  /// The number of the next attempt; never 0, which is nobody's.
  attempt_id draw() noexcept { return ++last_; }

  void add(attempt_id attempt, dial_record begun);

  /// An attempt has ended, however; nothing if it is none of these.
  std::optional<dial_record> take(attempt_id attempt);

  /// All of them: none is waited for any longer.
  std::map<attempt_id, dial_record> take_all();

  /// Which attempt this actor makes.
  std::optional<attempt_id> of(const caf::actor_addr& connector) const;

  /// Whether the kept address is being dialled.
  bool dials(const libp2p::multiaddr& kept) const;

  /// Whether the peer is dialled because it was offered, and how many are.
  bool dials_offered(const libp2p::peer_id& peer) const;
  std::size_t offered_count() const;

private:
  attempt_id last_ = 0;
  std::map<attempt_id, dial_record> dials_;
};

} // namespace grapevine
