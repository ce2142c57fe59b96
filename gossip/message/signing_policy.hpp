#pragma once

namespace grapevine::gossip {

/// What a topic's messages must carry (libp2p/specs, pubsub/README.md, message
/// signing). All nodes of a network use the same.
enum class signing_policy {
  /// Author, seqno and a valid signature.
  strict_sign,
  /// None of author, seqno, signature and key.
  strict_no_sign,
};

} // namespace grapevine::gossip
