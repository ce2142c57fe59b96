#pragma once

#include "gossip/mesh/subscription_filter.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

namespace grapevine {

/// What applications of other processes may ask a node for.
struct gateway_rights {
  /// Subscribing, and waiting for peers of a topic.
  bool read = true;
  /// Publishing, parts of messages too.
  bool publish = true;
  /// What the node, its peers, scores and counters are, and its events.
  bool inspect = true;
  /// To have messages judged by an actor of theirs: all of the topic's messages
  /// wait for it then, and go nowhere if it does not accept them.
  bool validate = false;
  /// Whom the node is connected to, blocks and scores, and what it relays.
  bool admin = false;

  friend bool operator==(const gateway_rights&,
                         const gateway_rights&) = default;
};

/// What a gateway lets others do. What is said of a remote holds for all actors
/// of one process together.
struct gateway_options {
  gateway_rights rights{};

  /// The topics that they may name; the default one allows all.
  gossip::subscription_filter topics{};

  /// Remotes at once.
  std::size_t max_remotes = 64;

  /// What a remote may subscribe and watch at once.
  std::size_t max_subscriptions = 256;

  /// Requests of a remote that are not answered yet.
  std::size_t max_outstanding = 1'024;

  /// Requests of a remote in a second, where each message of a batch is one,
  /// and bytes that it publishes; a second's worth may come at once.
  std::size_t max_requests_per_second = 50'000;
  std::size_t max_bytes_per_second = std::size_t{64} << 20;

  /// The most that may wait for one subscriber, whatever it asks for.
  std::size_t max_waiting_messages = 16'384;
  std::size_t max_waiting_bytes = std::size_t{8} << 20;

  /// A remote that has said that it is there (`gateway_hello`) says so again
  /// within this time, or is taken for gone: its machine may have vanished.
  std::chrono::milliseconds lease{30'000};

  /// For how long it is counted what a subscriber misses whose connection was
  /// lost. It is told if the same one subscribes again. 0: nothing is counted.
  std::chrono::milliseconds linger{60'000};

  /// Told what becomes of remotes, in words; by the gateway's thread.
  std::function<void(std::string_view)> log{};
};

} // namespace grapevine
