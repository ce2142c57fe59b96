#pragma once

#include "gossip/limits.hpp"
#include "gossip/message/message.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace grapevine::gossip {

/// Messages that were dropped on the way to one peer, as too much waited for
/// it: told by IHAVE once it has read the rest, so that it can ask for them.
/// Bounded in number: the newest are kept, which can be asked for the longest.
class missed_messages {
public:
  explicit missed_messages(std::size_t most = limits::missed_ids)
      : most_{most} {}

  /// `msg` was dropped.
  void add(const message& msg, time_point now);

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

  /// The ids of one topic.
  struct topic_ids {
    std::string topic;
    std::vector<std::string> ids;
  };

  /// Takes out all; those that were dropped within `age`, by topic.
  std::vector<topic_ids> take(time_point now, std::chrono::nanoseconds age);

  void clear() { std::deque<entry>{}.swap(entries_); }

private:
  struct entry {
    std::string topic;
    message_id id;
    time_point at;
  };

  std::size_t most_;
  std::deque<entry> entries_;
};

} // namespace grapevine::gossip
