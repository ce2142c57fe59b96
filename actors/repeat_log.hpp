#pragma once

#include "libp2p/base/time_point.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

namespace grapevine {

/// Bounds what is logged of things that happen again and again: each is said
/// when it happens first, and then once in a while how often it happened since.
/// What of too many things happens for the first time is only counted. No
/// actor, no clock.
template <class Key>
class repeat_log {
public:
  struct options {
    /// Between two lines about one thing; after that long without anything to
    /// say it is a new one.
    std::chrono::nanoseconds pause = std::chrono::minutes{1};
    /// Things at once.
    std::size_t most = 256;
  };

  repeat_log() = default;
  explicit repeat_log(const options& o) : options_{o} {}

  /// It happened. Whether that is to be said now; it is counted otherwise.
  bool first(const Key& key, time_point now) {
    if (const auto known = entries_.find(key); known != entries_.end()) {
      ++known->second.unsaid;
      return false;
    }
    if (entries_.size() >= options_.most) {
      ++others_;
      return false;
    }
    entries_.emplace(key, entry{now, 0});
    return true;
  }

  /// Calls `say(key, count)` for what happened since it was last said, once its
  /// pause is over, and `say_others(count)` for what was only counted.
  template <class Say, class SayOthers>
  void due(time_point now, Say say, SayOthers say_others) {
    for (auto i = entries_.begin(); i != entries_.end();) {
      auto& [key, one] = *i;
      if (now - one.said < options_.pause) {
        ++i;
      } else if (one.unsaid == 0) {
        i = entries_.erase(i);
      } else {
        say(key, one.unsaid);
        one = {now, 0};
        ++i;
      }
    }
    if (others_ > 0 && now - others_said_ >= options_.pause) {
      say_others(others_);
      others_ = 0;
      others_said_ = now;
    }
  }

  /// Whether something was counted that `due` is to say.
  bool has_unsaid() const {
    return others_ > 0 || std::ranges::any_of(entries_, [](const auto& one) {
             return one.second.unsaid > 0;
           });
  }

private:
  struct entry {
    time_point said;
    std::size_t unsaid = 0;
  };

  options options_;
  std::map<Key, entry> entries_;
  std::size_t others_ = 0;
  time_point others_said_;
};

} // namespace grapevine
