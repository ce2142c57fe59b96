#pragma once

#include "gossip/message/message_id.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/rpc.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace grapevine::gossip {

/// How a network names its messages: one way for all topics but those that have
/// their own. All nodes must use the same. Never changes, so that it can be
/// used on any thread.
class message_ids {
public:
  using topic_functions = libp2p::keyed_string_map<message_id_function>;

  /// Where a function is empty, the default one is taken.
  explicit message_ids(message_id_function common = default_message_id,
                       topic_functions by_topic = {});

  /// The function for a topic's messages. Searches only if a topic has its own.
  const message_id_function& function_of(std::string_view topic) const;

  /// Whether all topics' messages are named the default way.
  bool default_only() const noexcept { return default_only_; }

  /// The id of `msg`, by its topic's function.
  message_id of(const proto::message_view& msg) const;

private:
  // All topics' messages are named the default way.
  bool default_only_ = false;
  message_id_function common_;
  topic_functions by_topic_;
};

} // namespace grapevine::gossip
