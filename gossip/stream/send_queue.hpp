#pragma once

#include "gossip/limits.hpp"
#include "gossip/message/message_run.hpp"
#include "gossip/stream/byte_budget.hpp"
#include "gossip/stream/fifo.hpp"
#include "gossip/stream/ihave_frames.hpp"
#include "gossip/stream/lane.hpp"
#include "gossip/stream/message_lane.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/bytes.hpp"
#include "proto/rpc.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What bounds a `send_queue`.
struct send_queue_options {
  /// Bytes of an RPC, without its length, that the peer takes.
  std::size_t max_rpc_size = limits::rpc_size;
  /// Whether the peer speaks gossipsub: a floodsub peer gets subscriptions and
  /// messages alone.
  bool gossipsub = true;
  std::size_t control_bytes = limits::control_lane_bytes;
  std::size_t payload_messages = limits::payload_lane_messages;
  std::size_t payload_bytes = limits::payload_lane_bytes;
  std::size_t partial_frames = limits::partial_lane_frames;
  std::size_t partial_bytes = limits::partial_lane_bytes;
  std::size_t answer_messages = limits::answer_lane_messages;
  std::size_t answer_bytes = limits::answer_lane_bytes;
  std::size_t gossip_ids = limits::gossip_lane_ids;
  std::size_t idontwant_ids = limits::idontwant_lane_ids;
  /// What waits for all peers of the node; null: no bound but the lanes'. It
  /// must live as long as the queue.
  byte_budget* budget = nullptr;
};

/// What became of something pushed.
enum class push_result {
  queued,
  /// The lane is full: dropped and counted. In the control lane the peer's view
  /// of this node is wrong from now on: disconnect it.
  full,
  /// A message larger than `max_rpc_size`: dropped and counted.
  too_large,
  /// Control for a floodsub peer: dropped, not counted.
  unwanted,
};

/// What waits for one peer. Lanes go out in their order, IDONTWANT and control
/// in common frames; within a lane first in, first out.
///
/// What is dropped: when a lane is full the newest, that is what is being
/// pushed, as go does. Each lane has its own bound, so that messages never cost
/// control its place. What waits longer than a turn counts against the node's
/// budget: from half of it on answers and gossip are refused, and all messages
/// when it is used up, but for a small share of each peer. GRAFT and PRUNE of a
/// topic that wait are replaced by the latest, and so are subscribe and
/// unsubscribe; they take the latest one's place in order.
class send_queue {
public:
  explicit send_queue(send_queue_options options = {});
  send_queue(const send_queue&) = delete;
  send_queue& operator=(const send_queue&) = delete;

  /// Which protocol the peer speaks, when it becomes known.
  void set_gossipsub(bool yes) noexcept { options_.gossipsub = yes; }

  // -- control lane
  push_result push_subscription(const proto::subscription& change);
  /// Is in the next frame: the first of a stream, if this is called before that
  /// stream's first `next_frame`.
  push_result push_extensions(const proto::extensions& ext);
  /// The message of the test extension, behind the control that waits.
  push_result push_test_extension();
  push_result push_graft(const std::string& topic);
  push_result push_prune(proto::prune prune);

  // -- lanes of ids; of a list that does not fit, the first ids are queued and
  // the result is `full`
  push_result push_idontwant(std::span<const std::string> ids);
  push_result push_ihave(const std::string& topic,
                         std::span<const std::string> ids);
  push_result push_iwant(std::span<const std::string> ids);
  /// IHAVEs that others are told, too; all of them, or none if they do not fit:
  /// that is not counted, and `push_ihave` still takes a part.
  push_result push_ihaves(const ihave_frames& all);

  // -- lanes of messages; `msg` is taken only if it is queued
  /// So many messages will be pushed at once.
  void expect_messages(std::size_t count) { payload_.expect(count); }
  push_result push_message(message_ptr&& msg);
  push_result push_answer(message_ptr&& msg);
  /// Messages that others get, too; all of them, or none if they do not fit:
  /// that is not counted, and `push_message` still takes some.
  push_result push_run(const run_ptr& run);
  push_result push_message(const message_ptr& msg) {
    return push_message(message_ptr{msg});
  }

  // -- the lane of partial messages
  /// A frame as `partial_due` holds it; for a peer with the extension alone.
  push_result push_partial(shared_bytes frame);

  /// The next frame with its length, ready to be written, or the frames of a
  /// run; null when nothing waits. They are shared with all queues that hold
  /// the message or run.
  shared_bytes next_frame();

  /// Removes waiting messages with these ids, answers to IWANT too: the peer
  /// said IDONTWANT. Returns how many.
  std::size_t cancel(std::span<const message_id> ids);

  /// To be called at the end of a turn: what is left now counts against the
  /// node's budget. Published and relayed messages that had to be dropped for
  /// it, the newest ones, are appended to `dropped`; answers are dropped as
  /// well.
  void settle(std::vector<message_ptr>& dropped);

  /// Forgets all that waits.
  void clear();

  bool empty() const noexcept;

  /// Whether messages wait: published or relayed ones, or answers.
  bool messages_wait() const noexcept {
    return !payload_.empty() || !answers_.empty();
  }

  lane_size size(lane which) const noexcept;

  /// Bytes waiting in all lanes, about: control is not encoded yet.
  std::size_t bytes_waiting() const noexcept;

  /// Items that a lane dropped since the queue was made.
  std::uint64_t dropped(lane which) const noexcept {
    return dropped_[index(which)];
  }

  /// Messages that went out since then, answers to IWANT too.
  std::uint64_t sent_messages() const noexcept { return sent_messages_; }

private:
  static std::size_t index(lane which) noexcept {
    return static_cast<std::size_t>(which);
  }

  struct id_list {
    std::vector<std::string> ids;
    std::size_t bytes = 0;
  };

  struct topic_ids {
    std::string topic;
    id_list list;
  };

  // A PRUNE, or the GRAFT of its topic.
  struct mesh_change {
    bool graft = false;
    proto::prune prune;
  };

  push_result refuse(lane which, push_result why, std::size_t count = 1);
  bool reserve_control(std::size_t size);
  push_result push_mesh_change(mesh_change change);
  push_result push_ids(id_list& to, std::span<const std::string> ids,
                       std::size_t room, lane which);
  push_result push_to(message_lane& to, lane which, message_ptr&& msg);
  std::size_t gossip_room() const noexcept;
  bool control_waits() const noexcept;
  void encode_control();
  void encode_gossip();
  void encode(const std::vector<proto::subscription>& subscriptions,
              const proto::control& control, fifo<bytes>& frames, lane which);
  static shared_bytes take_frame(fifo<bytes>& from);
  shared_bytes take_messages(message_lane& from);
  shared_bytes take_partial();
  shared_bytes take_ihave();
  bool tight(byte_budget::level least) const noexcept;

  send_queue_options options_;

  // Control waiting, in order.
  std::vector<proto::subscription> subscriptions_;
  std::vector<mesh_change> mesh_changes_;
  std::optional<proto::extensions> extensions_;
  bool test_extension_ = false;
  std::size_t control_bytes_ = 0;
  id_list idontwant_;

  message_lane payload_;
  message_lane answers_;
  fifo<shared_bytes> partials_;
  std::size_t partial_bytes_ = 0;

  std::vector<topic_ids> ihaves_;
  std::size_t ihave_ids_ = 0;
  id_list iwant_;

  // Encoded for others, too: ahead of the others of the lane.
  fifo<shared_bytes> shared_ihaves_;
  std::size_t shared_ids_ = 0;
  std::size_t shared_bytes_ = 0;

  // What was encoded together, and is going out one by one.
  fifo<bytes> control_frames_;
  fifo<bytes> gossip_frames_;

  // Find what a later change replaces. Behind what each frame is looked for in.
  libp2p::keyed_string_map<std::size_t> subscription_of_;
  libp2p::keyed_string_map<std::size_t> mesh_change_of_;

  std::array<std::uint64_t, lane_count> dropped_{};
  std::uint64_t sent_messages_ = 0;

  // What waits besides messages.
  budget_share others_;
};

} // namespace grapevine::gossip
