#include "actors/node/topic_subscribers.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

void topic_subscribers::pin(const std::string& topic, bool pinned) {
  topics_[topic].pinned = pinned;
}

topic_subscribers::outcome
topic_subscribers::add(const std::string& topic,
                       const topic_subscriber& subscriber) {
  auto& known = topics_[topic].subscribers;
  const auto there =
      std::ranges::find(known, subscriber.actor, &topic_subscriber::actor);
  if (there == known.end()) {
    known.push_back(subscriber);
    return outcome::added;
  }
  return std::exchange(*there, subscriber) == subscriber ? outcome::unchanged
                                                         : outcome::changed;
}

bool topic_subscribers::has(const std::string& topic,
                            const caf::actor& subscriber) const {
  const auto i = topics_.find(topic);
  return i != topics_.end()
         && std::ranges::find(i->second.subscribers, subscriber,
                              &topic_subscriber::actor)
                != i->second.subscribers.end();
}

bool topic_subscribers::remove(const std::string& topic,
                               const caf::actor& subscriber) {
  const auto i = topics_.find(topic);
  return i != topics_.end()
         && std::erase_if(i->second.subscribers,
                          [&](const topic_subscriber& one) {
                            return one.actor == subscriber;
                          })
                > 0;
}

std::vector<std::string>
topic_subscribers::remove(const caf::actor_addr& ended) {
  std::vector<std::string> changed;
  for (auto& [topic, entry] : topics_)
    if (std::erase_if(entry.subscribers,
                      [&](const topic_subscriber& one) {
                        return one.actor.address() == ended;
                      })
        > 0)
      changed.push_back(topic);
  return changed;
}

bool topic_subscribers::has(const caf::actor_addr& subscriber) const {
  return std::ranges::any_of(topics_, [&](const auto& topic) {
    return std::ranges::any_of(topic.second.subscribers,
                               [&](const topic_subscriber& one) {
                                 return one.actor.address() == subscriber;
                               });
  });
}

set_subscribers topic_subscribers::settle(const std::string& topic) {
  const auto i = topics_.find(topic);
  if (i == topics_.end())
    return {topic, false, {}};
  if (i->second.pinned || !i->second.subscribers.empty())
    return {topic, true, i->second.subscribers};
  topics_.erase(i);
  return {topic, false, {}};
}

} // namespace grapevine
