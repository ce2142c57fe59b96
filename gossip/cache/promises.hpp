#pragma once

#include "gossip/limits.hpp"
#include "gossip/message/message_id.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace grapevine::gossip {

/// A peer that did not send what it had offered, and how often.
struct broken_promises {
  libp2p::peer_id peer;
  std::size_t count = 0;
};

/// What bounds the promises that are remembered.
struct promise_limits {
  /// Promises of one peer. Ten IHAVE of it are accepted in a heartbeat, and it
  /// has three of these to answer.
  std::size_t per_peer = 64;
  /// Promises of all of them.
  std::size_t total = 65'536;
  /// How long after its deadline a message may still come, which makes good for
  /// the broken promise: whoever was too busy for the answer did not invent
  /// what it offered.
  std::chrono::seconds grace{60};
  /// Broken promises remembered for it.
  std::size_t late = 16'384;
};

/// Who was asked by IWANT for which message and has to send it in time
/// (gossipsub-v1.1, "Spam protection measures"; a broken promise counts for
/// P7). One id of each IWANT, drawn by the caller, is enough: a peer that keeps
/// few of its promises is found out soon. A peer's promises outlive its
/// connection, so that leaving does not void them.
class promises {
public:
  explicit promises(const promise_limits& limits = {}) : limits_{limits} {}
  promises(const promises&) = delete;
  promises& operator=(const promises&) = delete;

  /// `peer` was asked for `id` and has until `deadline`. Nothing if it was
  /// asked for it already, or too many promises are open.
  void track(const libp2p::peer_id& peer, const message_id& id,
             time_point deadline);

  /// The message has come from anyone, so nobody else can bring it any longer.
  /// To be said as soon as it is to be validated, whatever the verdict: whoever
  /// forges a copy to keep his word pays more for the forgery (P4).
  void fulfilled(std::string_view id);

  /// The same message: appends whose promises of it were broken within the
  /// grace, once for each; what was counted for these is to be taken back.
  void made_good(std::string_view id, time_point now,
                 std::vector<broken_promises>& out);

  /// Whether any promise can still be made good.
  bool any_late() const noexcept { return !late_.empty(); }

  /// This node was held up for so long, and may not have looked at what came:
  /// all open promises have that much longer.
  void postpone(std::chrono::nanoseconds held_up);

  /// Messages of this peer are not accepted (the gater), so it cannot keep its
  /// promises.
  void forget(const libp2p::peer_id& peer);

  /// Appends who broke promises whose deadline is before `now`, each peer once;
  /// these promises are forgotten.
  void broken(time_point now, std::vector<broken_promises>& out);

  std::size_t size() const noexcept { return open_.size(); }

private:
  struct promise {
    libp2p::peer_id peer;
    // Lies in `by_id_`.
    const message_id* id;
    time_point deadline;
  };

  using entry = std::list<promise>::iterator;
  using entries = std::vector<entry>;

  // At the place of its deadline.
  entry insert(promise made);
  void remove(entry which);
  void remember(const promise& broken_one);
  void forget_late(time_point now);

  promise_limits limits_;
  // In the order of their deadlines.
  std::list<promise> open_;
  std::unordered_map<message_id, entries, message_id_hash, message_id_equal>
      by_id_;
  std::unordered_map<libp2p::peer_id, entries> by_peer_;

  struct late_promise {
    message_id id;
    time_point until;
  };

  // In the order in which they were broken.
  std::deque<late_promise> late_;
  std::unordered_map<message_id, std::vector<libp2p::peer_id>, message_id_hash,
                     message_id_equal>
      late_by_id_;
};

} // namespace grapevine::gossip
