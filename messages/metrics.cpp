#include "messages/metrics.hpp"

namespace grapevine {

topic_counts& topic_counts::operator+=(const topic_counts& other) noexcept {
  received += other.received;
  received_bytes += other.received_bytes;
  fresh += other.fresh;
  accepted += other.accepted;
  rejected += other.rejected;
  ignored += other.ignored;
  throttled += other.throttled;
  duplicates += other.duplicates;
  published += other.published;
  delivered += other.delivered;
  missed += other.missed;
  grafts += other.grafts;
  prunes += other.prunes;
  return *this;
}

topic_peers& topic_peers::operator+=(const topic_peers& other) noexcept {
  subscribed = subscribed || other.subscribed;
  healthy = healthy && other.healthy;
  mesh += other.mesh;
  fanout += other.fanout;
  peers += other.peers;
  return *this;
}

peer_totals& peer_totals::operator+=(const peer_totals& other) noexcept {
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  dropped += other.dropped;
  rpc_in += other.rpc_in;
  rpc_out += other.rpc_out;
  return *this;
}

peer_totals& peer_totals::operator-=(const peer_totals& other) noexcept {
  bytes_in -= other.bytes_in;
  bytes_out -= other.bytes_out;
  dropped -= other.dropped;
  rpc_in -= other.rpc_in;
  rpc_out -= other.rpc_out;
  return *this;
}

std::string to_string(handshake_failure why) {
  switch (why) {
  case handshake_failure::none:
    return "none";
  case handshake_failure::unreachable:
    return "unreachable";
  case handshake_failure::timed_out:
    return "timed_out";
  case handshake_failure::silent:
    return "silent";
  case handshake_failure::closed:
    return "closed";
  case handshake_failure::negotiation:
    return "negotiation";
  case handshake_failure::security:
    return "security";
  case handshake_failure::wrong_peer:
    return "wrong_peer";
  case handshake_failure::private_network:
    return "private_network";
  case handshake_failure::network:
    return "network";
  case handshake_failure::other:
    break;
  }
  return "other";
}

} // namespace grapevine
