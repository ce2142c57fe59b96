#pragma once

#include "gossip/cache/seen_cache.hpp"
#include "gossip/cache/validation_queue.hpp"
#include "gossip/message/message.hpp"
#include "gossip/message/signing.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <any>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

namespace grapevine::gossip {

// What the message cache wants done.

/// Validate this copy, then call `verdict` with its id and the token. A first
/// copy or, after a verdict against it, the next differing one (`retry`): what
/// is due once per id, IDONTWANT above all, is due without `retry` only.
struct validate_message {
  message_ptr msg;
  validation_token token = 0;
  libp2p::peer_id source;
  bool retry = false;
  /// Set by `message_cache`: the mesh is to be told IDONTWANT of it now, before
  /// the verdict: the sooner it knows, the less is sent twice.
  bool announce = false;
};

/// A message is good, and in the window: hand it to the subscribers, and
/// forward it to others than `source` and the forwarders. From this node if
/// `source` is empty.
struct deliver_message {
  message_ptr msg;
  /// Who brought the accepted copy: credit for a first delivery (P2).
  libp2p::peer_id source;
  /// Who sent it too, before the verdict: credit for a delivery in time (P3) to
  /// those whose copy was identical. Nobody here is `in_time` once more.
  std::vector<forwarder> forwarders;
  /// It needed no validation: what is due before one is due now.
  bool at_once = false;
  /// As in `validate_message`; only if `at_once`.
  bool announce = false;
  /// What a validator attached to it (`verdict`); empty: nothing.
  std::any value{};
};

/// A further copy of a message after its verdict, or before it one that is
/// noted or dropped (`state` is validating then).
struct duplicate_message {
  libp2p::peer_id peer;
  /// Seen in the message that `receive` was given: valid as long as that.
  std::string_view topic;
  const message_id* id = nullptr;
  seen_state state = seen_state::accepted;
  /// Since the verdict.
  std::chrono::nanoseconds age{};
  /// Credit for a delivery in time (P3), unless the topic's own window is
  /// shorter than `age`: the peer sent an accepted message for the first time,
  /// within the delivery window. Never before the verdict: `deliver_message`
  /// says who did so in time.
  bool in_time = false;
  /// This node's own message. Whoever asked for it by IWANT did not know that,
  /// after a restart or by the ids of another function: the promise is kept.
  bool own = false;
};

/// `peer` sent a message that was rejected: the source of a rejected copy, each
/// that sent the same bytes, or a later sender of bytes that were rejected
/// before. Held against it (P4) if `counts_as_invalid(reason)`.
struct rejected_message {
  libp2p::peer_id peer;
  /// Seen in `msg`, or if that is null in what `receive` was given: valid as
  /// long as that.
  std::string_view topic;
  const message_id* id = nullptr;
  reject_reason reason = reject_reason::validator;
  /// The copy that was validated; null if the message was rejected at sight.
  message_ptr msg;
};

/// The message was neither accepted nor rejected, by a validator or for its old
/// sequence number; held against nobody.
struct ignored_message {
  /// The copy that was validated; null if the message was ignored at sight.
  message_ptr msg;
  libp2p::peer_id source;
  /// Seen in `msg`, or if that is null in what `receive` was given: valid as
  /// long as that.
  std::string_view topic;
  const message_id* id = nullptr;
};

/// Too much is under validation: the copy was dropped and not remembered. Held
/// against nobody, for it may be valid; but the gater counts it.
struct throttled_message {
  libp2p::peer_id peer;
  /// Seen in the message that `receive` was given: valid as long as that.
  std::string_view topic;
  const message_id* id = nullptr;
};

/// A copy that `receive` called pending is decided: give `peer` the credit of
/// one message of `bytes` (its `encoded.size()`) back.
struct release_credit {
  libp2p::peer_id peer;
  std::size_t bytes = 0;
};

/// The peer broke so many promises of IHAVE, or if `count` is negative kept
/// them late, which takes back what was counted (P7). Of `message_cache`.
struct promise_counted {
  libp2p::peer_id peer;
  double count = 0;
};

using message_effect =
    std::variant<validate_message, deliver_message, duplicate_message,
                 rejected_message, ignored_message, throttled_message,
                 release_credit, promise_counted>;

/// Filled by calls and emptied by the caller, who uses it again.
using message_effects = std::vector<message_effect>;

} // namespace grapevine::gossip
