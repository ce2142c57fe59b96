#pragma once

#include "gossip/cache/ihave_part.hpp"
#include "gossip/cache/message_effects.hpp"
#include "gossip/cache/message_store.hpp"
#include "gossip/cache/peer_gater.hpp"
#include "gossip/cache/promises.hpp"
#include "gossip/mesh/mesh_effects.hpp"
#include "gossip/parameters.hpp"
#include "gossip/rng.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/rpc.hpp"

#include <algorithm>
#include <any>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace grapevine::gossip {

/// How a `message_cache` is made.
struct message_cache_options {
  /// Of its own: whose messages, ids, validation and seen ids. What `params`
  /// tells is taken from there.
  message_store_options store;
  parameters params;
  /// Without it nobody is turned away.
  std::optional<gater_parameters> gater;
};

/// All rules of a node about messages, composed: what is known of them
/// (`message_store`), what peers promised by IHAVE (`promises`), and who is
/// turned away when there are too many (`peer_gater`). What counts as kept
/// promise and for the gater is decided here and nowhere else: the actor and
/// the simulator drive the same object.
///
/// Pure: the time and the generator are given, what is to be done is appended
/// to `message_effects`; `now` never goes back.
class message_cache {
public:
  /// `options` must be valid (`validate` of its parts).
  explicit message_cache(const message_cache_options& options);
  message_cache(const message_cache&) = delete;
  message_cache& operator=(const message_cache&) = delete;

  // -- peers ------------------------------------------------------------------

  void add_peer(const libp2p::peer_id& peer,
                std::span<const libp2p::ip_address> ips);
  void remove_peer(const libp2p::peer_id& peer, time_point now);

  /// The gater hears a direct peer in any case.
  void set_direct(const libp2p::peer_id& peer, bool direct);

  // -- messages ---------------------------------------------------------------

  /// Whether the messages of an RPC of the peer are accepted (the gater).
  bool hears(const libp2p::peer_id& from, time_point now, rng& gen);

  /// A message from a peer that is heard. See `message_store::receive`.
  credit receive(const libp2p::peer_id& from, const message_ptr& msg,
                 time_point now, message_effects& effects);

  /// A message came in a topic that this node does not want: it may have left
  /// the topic after it had asked for it.
  void unwanted(const message& msg, time_point now, message_effects& effects);

  /// A validation's end.
  void decide(const message_id& id, validation_token token, verdict result,
              time_point now, message_effects& effects);

  /// This node's own message, and what a validator attached to it. False if its
  /// id was published before.
  bool publish(message_ptr msg, time_point now, message_effects& effects,
               std::any value = {});

  // -- gossip -----------------------------------------------------------------

  /// What is asked for of an IHAVE's ids: those that are new, in random order,
  /// for the first one stands for all (`asked`), and nobody may know which.
  std::vector<std::string> ihave(std::span<const std::string> ids,
                                 time_point now, rng& gen);

  /// The peer was asked for this id and others: it has to send it in time.
  void asked(const libp2p::peer_id& peer, std::string_view id, time_point now);

  /// Calls `tell(peer, part)` for each peer that is to be told of the topic's
  /// recent messages; where not all ids fit, each begins elsewhere, so that
  /// together they hear of more.
  template <class Tell>
  void gossip(const gossip_due& wanted, rng& gen, Tell tell) const {
    const auto all = gossip_ids(wanted, gen);
    if (!all)
      return;
    const auto most = params_.gossip.max_ihave_ids;
    const auto count = all->ids.size();
    for (const auto peer : wanted.peers)
      tell(peer, ihave_part{all, count > most ? random_below(gen, count) : 0,
                            std::min(count, most)});
  }

  /// The end of a heartbeat, after its gossip: a new window, and what was
  /// promised and did not come is held against whoever promised it (P7). Then
  /// call `sweep`.
  void shift(time_point now, message_effects& effects);

  // -- what it is made of -----------------------------------------------------

  /// For what concerns the store alone.
  message_store& store() noexcept { return store_; }
  const message_store& store() const noexcept { return store_; }

private:
  std::shared_ptr<const proto::ihave> gossip_ids(const gossip_due& wanted,
                                                 rng& gen) const;

  // What becomes of the store's effects from `first` on.
  void settle(std::size_t first, time_point now, message_effects& effects);
  void note(validate_message& e, time_point now);
  void note(deliver_message& e, time_point now);
  void note(const duplicate_message& e, time_point now);
  void note(const rejected_message& e, time_point now);
  void note(const ignored_message& e, time_point now);
  void note(const throttled_message& e, time_point now);
  // Of no account.
  void note(const release_credit&, time_point) {}
  void note(const promise_counted&, time_point) {}

  bool is_large(const message& msg) const;
  void came(const message_id& id, time_point now);
  void tell_late(message_effects& effects);
  void count_broken(time_point now, message_effects& effects);

  parameters params_;
  message_store store_;
  promises promises_;
  std::optional<peer_gater> gater_;
  std::unordered_set<libp2p::peer_id> direct_;
  // When broken promises were looked for last.
  std::optional<time_point> looked_;
  // Kept late: of one call.
  std::vector<broken_promises> late_;
};

} // namespace grapevine::gossip
