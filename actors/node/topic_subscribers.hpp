#pragma once

#include "messages/message_cache.hpp"

#include <map>
#include <string>
#include <vector>

namespace grapevine {

/// Which topics the node takes part in, and which actors here get their
/// messages. Sends nothing, and has no clock.
class topic_subscribers {
public:
  /// What came of an actor's wish.
  enum class outcome { unchanged, changed, added };

  /// Takes part in the topic whoever subscribes, or no longer.
  void pin(const std::string& topic, bool pinned);

  /// The actor gets the topic's messages; asking again changes the form.
  outcome add(const std::string& topic, const topic_subscriber& subscriber);

  /// Whether the actor gets the topic's messages.
  bool has(const std::string& topic, const caf::actor& subscriber) const;

  /// False if it was none.
  bool remove(const std::string& topic, const caf::actor& subscriber);

  /// It has ended: the topics of which it was one.
  std::vector<std::string> remove(const caf::actor_addr& ended);

  /// Whether the actor gets the messages of any topic.
  bool has(const caf::actor_addr& subscriber) const;

  /// What follows for a topic: whether the node takes part in it, and who gets
  /// its messages. What it takes no part in is forgotten.
  set_subscribers settle(const std::string& topic);

  /// The topics that are not forgotten.
  std::size_t size() const noexcept { return topics_.size(); }

private:
  struct topic_entry {
    bool pinned = false;
    std::vector<topic_subscriber> subscribers;
  };

  std::map<std::string, topic_entry> topics_;
};

} // namespace grapevine
