#include "gossip/message/message_ids.hpp"

#include "gossip/message/digest.hpp"

#include <utility>

namespace grapevine::gossip {

namespace {

bool is_default(const message_id_function& function) {
  using plain = std::string (*)(const proto::message_view&);
  const auto* target = function.target<plain>();
  return target != nullptr && *target == &default_message_id;
}

} // namespace

message_ids::message_ids(message_id_function common, topic_functions by_topic)
    : common_{std::move(common)}, by_topic_{std::move(by_topic)} {
  if (!common_)
    common_ = default_message_id;
  for (auto& [topic, function] : by_topic_)
    if (!function)
      function = default_message_id;
  default_only_ = by_topic_.empty() && is_default(common_);
}

message_id message_ids::of(const proto::message_view& msg) const {
  if (!default_only_ || msg.from)
    return message_id{function_of(msg.topic)(msg)};
  // What `default_message_id` gives, without a string.
  const auto digest = digest_of(msg.data.value_or(bytes_view{}));
  return message_id{{digest.data(), digest.size()}};
}

const message_id_function&
message_ids::function_of(std::string_view topic) const {
  if (by_topic_.empty())
    return common_;
  const auto it = by_topic_.find(topic);
  return it == by_topic_.end() ? common_ : it->second;
}

} // namespace grapevine::gossip
