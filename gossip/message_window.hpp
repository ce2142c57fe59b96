#pragma once

#include "gossip/fifo.hpp"
#include "gossip/limits.hpp"
#include "gossip/message.hpp"
#include "gossip/rng.hpp"
#include "libp2p/peer_id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

struct message_window_options {
  /// Windows that IWANT is answered from; at least 1.
  std::size_t history_length = limits::history_length;
  /// Windows whose ids are gossiped; at most `history_length`.
  std::size_t history_gossip = limits::history_gossip;
  /// Copies of one message that one peer gets by IWANT.
  std::size_t retransmissions = limits::retransmissions;
  /// Bytes of frames in all windows; beyond, the oldest messages go early.
  std::size_t max_bytes = limits::window_bytes;
};

/// The message cache of the specification ("mcache"): the messages of the last
/// heartbeats, for gossip and for IWANT (libp2p/specs,
/// pubsub/gossipsub/gossipsub-v1.0.md, message cache).
class message_window {
public:
  explicit message_window(message_window_options options = {});

  /// Puts a message into the current window; false if its id is there already
  /// or it is larger than all windows may be.
  bool put(message_ptr msg);

  /// The message with this id, or null.
  message_ptr find(std::string_view raw_id) const;

  /// The message with this id for an IWANT of `peer`, and counts it as sent;
  /// null when it is not there or the peer had all its copies.
  message_ptr take(std::string_view raw_id, const libp2p::peer_id& peer);

  /// Whether there is anything to gossip of a topic.
  bool has_gossip(std::string_view topic) const;

  /// Ids of the topic's messages in the gossip windows: all, or when there are
  /// more than `max`, that many chosen at random, in random order.
  std::vector<std::string> gossip_ids(std::string_view topic, std::size_t max,
                                      rng& gen) const;

  /// Begins a new window and drops the oldest beyond `history_length`.
  void shift();

  /// Messages and bytes of frames in all windows.
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t bytes_held() const noexcept { return bytes_held_; }

private:
  struct entry {
    message_ptr msg;
    // How often a peer got it by IWANT; no memory until one asks.
    std::unordered_map<libp2p::peer_id, std::size_t> sent;
  };

  struct topic_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view topic) const {
      return std::hash<std::string_view>{}(topic);
    }
  };

  struct window {
    std::deque<message_ptr> messages;
    std::unordered_map<std::string, fifo<const message*>, topic_hash,
                       std::equal_to<>>
        topics;
  };

  std::vector<const message_id*> ids_of(std::string_view topic) const;
  void drop_oldest();

  message_window_options options_;
  // Keyed by the id that the message itself holds.
  std::unordered_map<const message_id*, entry, message_id_hash,
                     message_id_equal>
      entries_;
  // The newest first; never empty.
  std::deque<window> windows_;
  std::size_t bytes_held_ = 0;
};

} // namespace grapevine::gossip
