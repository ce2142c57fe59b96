#pragma once

#include "gossip/protocol.hpp"
#include "proto/rpc.hpp"

#include <optional>
#include <vector>

namespace grapevine::gossip {

/// What an RPC means for the extensions between two peers.
struct extension_news {
  /// It announces extensions that were announced already, or too late: the
  /// sender misbehaves (P7 +10). What it says is ignored. Said once for each
  /// stream.
  bool misbehaved = false;
  /// `usable` has a value from now on.
  bool settled = false;
  /// It carries the message of the test extension, which both sides have.
  bool tested = false;
};

/// What this node and one peer may use of each other's extensions
/// (gossipsub-v1.3). Each side announces its own in the first RPC of its
/// stream, if that stream speaks 1.3, and never again; what may be used is what
/// both have. A peer with several connections may have a stream on each: what
/// the newest has announced counts. The caller numbers the streams.
class extension_state {
public:
  explicit extension_state(const proto::extensions& ours) noexcept
      : ours_{ours} {}

  /// Our stream to the peer is open. What its first RPC must announce; nothing
  /// below 1.3 or if there is nothing to announce.
  std::optional<proto::extensions> open_outbound(version v) noexcept;

  /// Our stream is gone: what was announced on it no longer holds.
  void close_outbound() noexcept;

  /// A stream of the peer's is open, instead of an earlier one of this number.
  void open_inbound(version v, unsigned stream = 0);

  /// A stream of the peer's is gone: what it announced no longer holds.
  void close_inbound(unsigned stream = 0) noexcept;

  /// An RPC came on a stream of the peer's. Call it before anything else is
  /// done with the RPC: its subscriptions may need what it announces.
  extension_news receive(const proto::rpc& rpc, unsigned stream = 0) noexcept;

  /// Whether the message of the test extension is to be sent: true once for
  /// each stream of ours, when both sides have announced it. Ask after
  /// `open_outbound`, when the first RPC is queued, and after `receive`.
  bool take_test() noexcept;

  /// What both sides have; nothing until both first RPCs are on their way.
  proto::extensions usable() const noexcept;

private:
  // A stream of the peer's at 1.3 or later.
  struct inbound {
    unsigned stream;
    // What it announced; nothing before its first RPC.
    std::optional<proto::extensions> theirs;
    // It announced again.
    bool reported = false;
  };

  // What the newest stream that has said anything announced.
  proto::extensions theirs() const noexcept;

  proto::extensions ours_;
  // Our stream is at 1.3 or later.
  bool outbound_ = false;
  bool test_sent_ = false;
  // In the order of their opening.
  std::vector<inbound> inbound_;
};

} // namespace grapevine::gossip
