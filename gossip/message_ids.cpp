#include "gossip/message_ids.hpp"

#include <utility>

namespace grapevine::gossip {

message_ids::message_ids(message_id_function common, topic_functions by_topic)
    : common_{std::move(common)}, by_topic_{std::move(by_topic)} {
  if (!common_)
    common_ = default_message_id;
  for (auto& [topic, function] : by_topic_)
    if (!function)
      function = default_message_id;
}

const message_id_function&
message_ids::function_of(std::string_view topic) const {
  if (by_topic_.empty())
    return common_;
  const auto it = by_topic_.find(topic);
  return it == by_topic_.end() ? common_ : it->second;
}

} // namespace grapevine::gossip
