#include "gossip/message/message_id.hpp"

#include "gossip/message/digest.hpp"

#include <algorithm>

namespace grapevine::gossip {

message_id::message_id(std::string_view raw) : hash_{hash_of(raw)} {
  if (raw.size() > small_.size()) {
    large_ = std::make_shared<const std::string>(raw);
    return;
  }
  std::ranges::copy(raw, small_.begin());
  size_ = static_cast<std::uint8_t>(raw.size());
}

std::string default_message_id(const proto::message_view& msg) {
  if (!msg.from)
    return digest(msg.data.value_or(bytes_view{}));
  const bytes_view seqno = msg.seqno.value_or(bytes_view{});
  std::string id;
  id.reserve(msg.from->size() + seqno.size());
  id.append(as_text(*msg.from));
  id.append(as_text(seqno));
  return id;
}

} // namespace grapevine::gossip
