#include "actors/pubsub/peer_pubsub.hpp"

#include <utility>

// What is counted and shown of a peer.

namespace grapevine {

void peer_pubsub::count(const inbound_rpc& rpc) {
  rpc_in_[rpc_part::publish] += rpc.msgs.size();
  if (rpc.only_messages())
    return;
  for (const auto& one : rpc.subscriptions)
    ++rpc_in_[one.subscribe ? rpc_part::subscribe : rpc_part::unsubscribe];
  rpc_in_[rpc_part::graft] += rpc.control.grafts.size();
  rpc_in_[rpc_part::prune] += rpc.control.prunes.size();
  rpc_in_[rpc_part::ihave] += rpc.control.ihaves.size();
  if (!rpc.iwant.empty())
    ++rpc_in_[rpc_part::iwant];
  if (!rpc.idontwant.empty())
    ++rpc_in_[rpc_part::idontwant];
}

peer_counts peer_pubsub::take_counts() {
  peer_totals all;
  all.bytes_in = links_.bytes_in();
  all.bytes_out = links_.bytes_out();
  all.rpc_in = rpc_in_;
  all.rpc_out = rpc_out_;
  all.rpc_out[rpc_part::publish] = queue_.sent_messages();
  peer_counts result;
  for (std::size_t i = 0; i < gossip::lane_count; ++i) {
    const auto lane = static_cast<gossip::lane>(i);
    all.dropped[lane] = queue_.dropped(lane);
    result.queued[i] = queue_.size(lane);
  }
  result.since = all;
  result.since -= std::exchange(told_, all);
  return result;
}

peer_details peer_pubsub::inspect() const {
  using enum gossip::lane;
  peer_details result;
  if (spoken_)
    result.protocol = gossip::protocol_id(*spoken_);
  for (const auto lane : {payload, partial, answer}) {
    result.queued_messages += queue_.size(lane).items;
    result.dropped += queue_.dropped(lane);
  }
  result.queued_bytes = queue_.bytes_waiting();
  return result;
}

} // namespace grapevine
