#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace grapevine::gossip {

/// What is known of a peer's parts of one group.
struct peer_parts {
  /// What it said last that it has and wants. Absent until it has said
  /// anything: parts chosen then are pushed eagerly.
  std::optional<bytes_view> metadata;
  /// What `part_rules::choose` said of the parts sent to it; empty at first.
  bytes_view sent;
};

/// Parts for one peer.
struct part_choice {
  /// Encoded as the application's peers expect; empty if there is nothing to
  /// send.
  bytes parts;
  /// All that was sent to the peer, these parts included: for the next
  /// `choose`, which alone reads it.
  bytes sent;
};

/// What an application knows of the parts of its messages on a topic, so that
/// the router can answer peers without asking it each time. Pure: the same
/// arguments give the same result. Called in the router's turn, so quick.
class part_rules {
public:
  part_rules() = default;
  part_rules(const part_rules&) = delete;
  part_rules& operator=(const part_rules&) = delete;
  virtual ~part_rules() = default;

  /// Whether a peer's metadata can be understood; takes any bytes. A peer that
  /// sends other metadata is penalised.
  virtual bool valid(bytes_view metadata) const = 0;

  /// Chooses, of the parts in `held` (what the application published last),
  /// those that the peer wants, lacks and was not sent, of at most `room` bytes
  /// when encoded. It is called again at once for what there was no room for.
  /// No part should go twice to the same peer: peers may ask again and again.
  virtual part_choice choose(bytes_view held, const peer_parts& peer,
                             std::size_t room) const = 0;
};

/// How this node takes part in the partial messages of a topic. It sends parts
/// to whom they are requested by in any case.
struct partial_topic {
  /// Wants parts instead of full messages where a peer supplies them. Full
  /// messages may come nevertheless.
  bool requests = false;
  /// Never null.
  std::shared_ptr<const part_rules> rules;
};

} // namespace grapevine::gossip
