#pragma once

#include "gossip/mesh/mesh_effects.hpp"
#include "gossip/mesh/peer_exchange.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "gossip/partial/partial_effects.hpp"
#include "proto/rpc.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace grapevine::gossip {

/// What a peer's score forbids it. Whoever reads from the peer refuses that
/// before it costs anything.
struct peer_standing {
  /// Nothing of it but its subscriptions is accepted.
  bool graylisted = false;
  /// Its IWANT is not answered.
  bool without_gossip = false;

  friend bool operator==(const peer_standing&, const peer_standing&) = default;
};

/// What a peer may do has changed with its score.
struct standing_changed {
  peer_handle peer;
  peer_standing standing;
};

/// A peer subscribed, or no longer; for those who observe.
struct subscription_changed {
  peer_handle peer;
  std::string topic;
  bool subscribed = false;
};

/// So many of a peer's changes of subscriptions, which were held back, are
/// credited now.
struct pace_renewed {
  peer_handle peer;
  std::size_t changes = 0;
};

/// What the router wants done. The caller carries it out in the order of the
/// members, clears it and uses it again.
struct router_effects {
  /// For logs and traces; the scores have counted them.
  std::vector<mesh_event> events;
  std::vector<standing_changed> standings;
  std::vector<subscription_changed> subscriptions;
  /// Of IHAVEs that were accepted: to be asked for if they are new.
  std::vector<std::string> offered_ids;
  /// To all peers that were greeted.
  std::vector<proto::subscription> announcements;
  /// At most one for each peer, ready to be sent.
  std::vector<control_due> control;
  std::vector<partial_due> partial;
  std::vector<deliver_partial> parts;
  std::vector<gossip_due> gossip;
  /// To be dialled: peers that another one offered.
  std::vector<dial_candidate> dials;
  std::vector<pace_renewed> paces;
  /// What the application's rules of partial messages threw.
  std::vector<std::string> failures;

  bool empty() const noexcept;
  void clear() noexcept;
};

} // namespace grapevine::gossip
