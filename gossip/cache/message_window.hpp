#pragma once

#include "gossip/cache/time_queue.hpp"
#include "gossip/limits.hpp"
#include "gossip/message/message.hpp"
#include "gossip/rng.hpp"
#include "gossip/stream/fifo.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What a `message_window` holds, and for how long.
struct message_window_options {
  /// Windows that IWANT is answered from; at least 1.
  std::size_t history_length = limits::history_length;
  /// Copies of one message that one peer gets by IWANT.
  std::size_t retransmissions = limits::retransmissions;
  /// Bytes of frames in all windows; beyond, the oldest messages go early.
  std::size_t max_bytes = limits::window_bytes;
};

/// How long others are told of a message.
enum class offered {
  /// In as many heartbeats as gossip goes back.
  as_new,
  /// Until the next heartbeat's end. For what was itself heard of by gossip: it
  /// may be as old as a window, and whoever restarts just then has had it. Told
  /// of for as long as a new one, it would outlive any number of restarts.
  once,
};

/// The message cache of the specification ("mcache"): the messages of the last
/// heartbeats, for gossip and for IWANT (libp2p/specs,
/// pubsub/gossipsub/gossipsub-v1.0.md, message cache).
class message_window {
public:
  explicit message_window(message_window_options options = {});

  /// Puts a message into the current window; false if its id is there already
  /// or it is larger than all windows may be.
  bool put(message_ptr msg, offered how = offered::as_new);

  /// The message with this id, or null.
  message_ptr find(std::string_view raw_id) const;

  /// The message with this id for an IWANT of `peer`, and counts it as sent;
  /// null when it is not there or the peer had all its copies.
  message_ptr take(std::string_view raw_id, const libp2p::peer_id& peer);

  /// Whether the newest `windows` have any message of the topic.
  bool has_gossip(std::string_view topic, std::size_t windows) const;

  /// Ids of the topic's messages in the newest `windows`: all, or when there
  /// are more than `max`, that many chosen at random, in random order.
  std::vector<std::string> gossip_ids(std::string_view topic,
                                      std::size_t windows, std::size_t max,
                                      rng& gen) const;

  /// Begins a new window and ends the oldest beyond `history_length`: its
  /// messages are found no more. They are dropped by `sweep`, and a few by each
  /// `put`: all at once they would hold up whatever comes next.
  void shift();

  /// Drops messages whose window has ended, at most `most` of them. Whether
  /// more are left.
  bool sweep(std::size_t most);

  /// Fetches what `put` of a message with this id looks at first.
  void expect(const message_id& id) const noexcept {
    messages_.expect(id.hash());
  }

  /// Fetches what dropping the `count` oldest messages looks at first.
  void expect_drops(std::size_t count) const noexcept;

  /// Messages in all windows.
  std::size_t size() const noexcept { return messages_.size() - over(); }

  /// Bytes of frames of these, and of those that are not dropped yet.
  std::size_t bytes_held() const noexcept { return bytes_held_; }
  std::size_t max_bytes() const noexcept { return options_.max_bytes; }

  /// Messages that were dropped before their window ended, or never put in, as
  /// there were too many bytes.
  std::uint64_t dropped_early() const noexcept { return dropped_early_; }

private:
  using messages = time_queue<message_ptr, &message::id>;
  using position = messages::position;

  using topic_messages = libp2p::keyed_string_map<fifo<const message*>>;

  struct window {
    // Of its first message, or where that will be.
    position first = 0;
    topic_messages topics;
    // Offered once: emptied when the window is not the newest any more.
    topic_messages once;
  };

  // Takes the window's oldest message out of what is offered.
  static void drop_first_of(topic_messages& topics, const message& msg);

  std::vector<const message_id*> ids_of(std::string_view topic,
                                        std::size_t windows) const;
  std::optional<position> search(std::size_t hash, std::string_view raw) const;
  // How many wait to be dropped.
  position over() const noexcept {
    return windows_.back().first - messages_.first();
  }
  void drop_early();
  void drop_oldest();

  message_window_options options_;
  messages messages_;
  // How often a peer got a message by IWANT.
  std::unordered_map<position, std::unordered_map<libp2p::peer_id, std::size_t>>
      sent_;
  // The newest first; never empty.
  std::deque<window> windows_;
  std::size_t bytes_held_ = 0;
  std::uint64_t dropped_early_ = 0;
};

} // namespace grapevine::gossip
