#pragma once

#include "gossip/mesh/peer_table.hpp"
#include "proto/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::gossip {

/// A frame for one peer, its length included.
struct partial_due {
  peer_handle to;
  shared_bytes frame;
  /// It carries parts, not metadata alone.
  bool parts = false;
};

/// For the application: parts of a message, what a peer has and wants of it, or
/// both. The metadata was found valid; the parts were not looked at.
struct deliver_partial {
  peer_handle from;
  std::string topic;
  bytes group;
  std::optional<bytes> parts;
  std::optional<bytes> metadata;
};

/// What happened to a partial message, for logs, metrics and the score.
enum class partial_event_kind : std::uint8_t {
  /// Ignored: this node takes no part in the topic's partial messages.
  unknown_topic,
  /// Ignored: it starts a group, and the peer or all peers started too many.
  too_many_groups,
  /// Ignored: too much of the peer's metadata is held already.
  too_much_metadata,
  /// Ignored: the topic's rules refuse the metadata.
  invalid_metadata,
  /// The parts were ignored: this node requested none.
  unrequested_parts,
  /// Not sent: the rules chose, or the application published, more than fits
  /// into an RPC.
  too_large,
};

/// Whether it costs the peer's score (P7). Parts may cross with a subscription
/// that no longer requests them, and limits may be another's fault.
constexpr bool is_misbehaviour(partial_event_kind kind) noexcept {
  return kind == partial_event_kind::invalid_metadata;
}

/// What has happened to a partial message.
struct partial_event {
  partial_event_kind kind;
  peer_handle peer;
  std::string topic;
};

/// What is to be done about partial messages. The caller carries it out, clears
/// it and uses it again.
struct partial_effects {
  std::vector<partial_due> sends;
  std::vector<deliver_partial> deliveries;
  std::vector<partial_event> events;

  bool empty() const noexcept {
    return sends.empty() && deliveries.empty() && events.empty();
  }

  void clear() noexcept {
    sends.clear();
    deliveries.clear();
    events.clear();
  }

  void report(partial_event_kind kind, peer_handle peer,
              std::string_view topic) {
    events.push_back({kind, peer, std::string{topic}});
  }
};

} // namespace grapevine::gossip
