#include "gossip/message/message_run.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

message_run::message_run(std::vector<message_ptr> msgs)
    : msgs_{std::move(msgs)} {
  std::size_t size = 0;
  for (const auto& msg : msgs_) {
    size += msg->frame().size();
    largest_frame_ = std::max(largest_frame_, msg->frame().size());
  }
  frames_.reserve(size);
  for (const auto& msg : msgs_)
    append(frames_, msg->frame());
}

bool message_run::is_worthwhile(std::size_t msgs, std::size_t size,
                                std::size_t peers) noexcept {
  // A frame is copied once more, which must cost less than its shared handle,
  // its places in queues and its pieces in records at each peer.
  constexpr std::size_t least_msgs = 4;
  constexpr std::size_t least_peers = 2;
  constexpr std::size_t most_per_msg = std::size_t{2} * 1024;
  return msgs >= least_msgs && peers >= least_peers
         && size <= msgs * most_per_msg;
}

} // namespace grapevine::gossip
