#include "gossip/stream/missed_messages.hpp"

#include <algorithm>

namespace grapevine::gossip {

void missed_messages::add(const message& msg, time_point now) {
  if (entries_.size() >= most_)
    entries_.pop_front();
  entries_.push_back({std::string{msg.topic()}, msg.id(), now});
}

std::vector<missed_messages::topic_ids>
missed_messages::take(time_point now, std::chrono::nanoseconds age) {
  std::vector<topic_ids> result;
  for (const auto& one : entries_) {
    if (now - one.at > age)
      continue;
    auto where =
        std::find_if(result.begin(), result.end(), [&](const topic_ids& list) {
          return list.topic == one.topic;
        });
    if (where == result.end())
      where = result.insert(result.end(), {one.topic, {}});
    where->ids.emplace_back(one.id.raw());
  }
  clear();
  return result;
}

} // namespace grapevine::gossip
