#include "gossip/message_id.hpp"

#include "gossip/digest.hpp"

namespace grapevine::gossip {

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
