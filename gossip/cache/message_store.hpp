#pragma once

#include "gossip/cache/message_effects.hpp"
#include "gossip/cache/message_window.hpp"
#include "gossip/cache/seen_cache.hpp"
#include "gossip/cache/validation_queue.hpp"
#include "gossip/limits.hpp"
#include "gossip/message/message.hpp"
#include "gossip/message/seqno_check.hpp"
#include "gossip/message/signing.hpp"
#include "gossip/message/verdict.hpp"
#include "gossip/rng.hpp"
#include "gossip/score/delivery_log.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <any>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace grapevine::gossip {

/// Whether a received copy still takes up its sender's credit.
enum class credit {
  /// Decided, or nothing of it is held: its credit is free at once.
  returned,
  /// Held until a verdict; `release_credit` follows.
  pending,
};

/// What came of a validation.
struct verdict {
  verdict_kind kind = verdict_kind::accept;
  /// Only with `reject`.
  reject_reason reason = reject_reason::validator;
  /// Only with `accept`: what a validator attached to the message, for
  /// `deliver_message`. Nothing is known of it here.
  std::any value{};
};

/// How a `message_store` is made.
struct message_store_options {
  /// This node: a message of its own that comes back is a duplicate, also when
  /// it is not remembered. Empty under `strict_no_sign`.
  libp2p::peer_id self;
  /// Ids are what `default_message_id` makes of a message, so that those of
  /// `self` are known by their beginning: not asked for.
  bool default_ids = false;
  seen_cache_options seen;
  validation_queue_options validation;
  message_window_options window;
  /// How long after a message's acceptance further copies of it are deliveries
  /// in time (P3): the longest window of any scored topic. Zero: none are.
  std::chrono::nanoseconds delivery_window{};
  /// Ignores what is not newer than all that was accepted of its author. Only
  /// under `strict_sign`, and where all authors count upwards.
  bool monotonic_seqno = false;
  /// Whether a new message needs no validation: what nobody has to judge and
  /// nobody signed. Such a message is accepted as soon as it is received.
  /// Empty: all are validated.
  std::function<bool(const message&)> sound;
  /// Authors remembered for it.
  std::size_t max_authors = limits::seqno_authors;
  /// Ids remembered that peers offered and were to be asked for.
  std::size_t max_asked = 16'384;
  /// Digests of rejected bytes.
  std::size_t max_rejected = limits::rejected_entries;
};

/// What a node knows of messages: ids seen, copies under validation, and the
/// window for IWANT and gossip. `message_cache` drives it. Says what is to be
/// done as effects appended to a buffer; `now` never goes back.
///
/// Its members are in `message_store_receive.cpp` (what arrives), the rest in
/// `message_store.cpp`.
class message_store {
public:
  explicit message_store(const message_store_options& options);

  /// Fetches what `receive` of these messages will look at, all at once: the
  /// tables are larger than a processor's cache.
  void expect(std::span<const message_ptr> msgs) const noexcept;

  /// A message from a peer, in a topic that this node wants. It must live until
  /// the effects are carried out; kept are only new ones, and differing copies
  /// of those under validation.
  credit receive(const libp2p::peer_id& from, const message_ptr& msg,
                 time_point now, message_effects& effects);

  /// A validation's end. Ignored when the token is not the current one.
  void decide(const message_id& id, validation_token token, verdict result,
              time_point now, message_effects& effects);

  /// This node's own message, and what a validator attached to it: into the
  /// window and out at once. False, and no effect, if its id was accepted or
  /// published before.
  bool publish(message_ptr msg, time_point now, message_effects& effects,
               std::any value = {});

  /// Appends the messages to send for an IWANT of `peer`, the first `max` ids
  /// of it; each message at most `retransmissions` times over all its IWANTs.
  void iwant(const libp2p::peer_id& peer, std::span<const std::string> ids,
             std::size_t max, std::vector<message_ptr>& out);

  /// Appends the ids of an IHAVE that are worth asking for, at most `max`, each
  /// once: not seen, not under validation, and none of `self`'s own as far as
  /// `default_ids` tells. Those with a bad signature are
  /// worth it: other bytes may stand behind them. Those that a validator
  /// rejected are not, and whoever gossips them may have other rules. What is
  /// asked for is offered once to others, when it comes.
  void ihave(std::span<const std::string> ids, std::size_t max, time_point now,
             std::vector<std::string>& out);

  /// Whether any message of a topic is in the newest `windows`.
  bool has_gossip(std::string_view topic, std::size_t windows) const {
    return window_.has_gossip(topic, windows);
  }

  /// Ids of the topic's messages in the newest `windows`, at most `max` of them
  /// chosen at random.
  std::vector<std::string> gossip_ids(std::string_view topic,
                                      std::size_t windows, std::size_t max,
                                      rng& gen) const {
    return window_.gossip_ids(topic, windows, max, gen);
  }

  /// From now on drops what `peer` sends, and what others send of its
  /// authorship. What is under validation already is not.
  void block(const libp2p::peer_id& peer) { blocked_.insert(peer); }
  void unblock(const libp2p::peer_id& peer) { blocked_.erase(peer); }
  bool blocked(const libp2p::peer_id& peer) const {
    return blocked_.contains(peer);
  }

  /// Bounds how much of a topic is validated at once, see `validation_queue`.
  void bound_validation(std::string_view topic,
                        std::optional<std::size_t> max) {
    validating_.bound_topic(topic, max);
  }

  /// The same of each topic without a bound of its own; nothing: as at first.
  void bound_validations(std::optional<std::size_t> max) {
    validating_.bound_topics(max.value_or(options_.validation.max_per_topic));
  }

  /// The end of a heartbeat: a new window, and what has expired counts no more.
  /// `sweep` drops it.
  void shift() { window_.shift(); }

  /// Drops a part of what has expired, in well below a millisecond. Whether
  /// more is left: then it is to be called again, when others had their turn.
  bool sweep(time_point now);

  /// Changes `delivery_window`, because the scored topics changed.
  void delivery_window(std::chrono::nanoseconds length) {
    deliveries_.window(length);
  }

  const seen_cache& seen() const noexcept { return seen_; }
  const validation_queue& validating() const noexcept { return validating_; }
  const message_window& window() const noexcept { return window_; }

private:
  std::optional<reject_reason> refused_at_sight(const libp2p::peer_id& from,
                                                const message& msg) const;
  bool is_own(const message& msg) const;
  bool is_own_id(std::string_view id) const;
  bool was_rejected(const message& msg, time_point now) const;
  credit receive_copy(const libp2p::peer_id& from, const message_ptr& msg,
                      message_effects& effects);
  credit receive_new(const libp2p::peer_id& from, const message_ptr& msg,
                     time_point now, message_effects& effects);
  bool in_time(seen_record& record, const libp2p::peer_id& from,
               time_point now);
  credit receive_sound(const libp2p::peer_id& from, const message_ptr& msg,
                       time_point now, message_effects& effects);
  void mark(const message_id& id, time_point now, seen_state state);
  void accept(const message_id& id, std::any value, time_point now,
              message_effects& effects);
  void deliver(message_ptr msg, const libp2p::peer_id& source,
               const validation_queue::copies& copies, std::any value,
               time_point now, message_effects& effects);
  offered how_to_offer(const message_id& id, time_point now);
  void note_senders(const deliver_message& delivered, time_point now);
  void turn_down(const message_id& id, const verdict& result, time_point now,
                 message_effects& effects);

  message_store_options options_;
  seen_cache seen_;
  // Keyed by the digest of the encoded message.
  seen_cache rejected_;
  // What peers offered and have not sent yet.
  seen_cache asked_;
  validation_queue validating_;
  message_window window_;
  delivery_log deliveries_;
  std::unordered_set<libp2p::peer_id> blocked_;
  seqno_check seqnos_;
};

} // namespace grapevine::gossip
