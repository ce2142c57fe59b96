#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <vector>

namespace grapevine {

/// A peer that this node knows.
struct stored_peer {
  libp2p::peer_id peer;
  /// Without `/p2p`, the ones that worked first.
  std::vector<libp2p::multiaddr> addresses;
  /// What it signed of its addresses; empty if it did not.
  bytes sealed;
  std::chrono::system_clock::time_point seen;
};

/// Writes down peers, in place of what was known of them.
struct remember_peers {
  std::vector<stored_peer> peers;
};

/// Writes down that peers are banned, or no longer.
struct remember_bans {
  std::vector<block_peer> changes;
};

/// Asks for what was written down.
struct recall_peers {};

/// The answer: the peers that were seen last come first.
struct recalled_peers {
  std::vector<stored_peer> peers;
  std::vector<libp2p::peer_id> banned;
};

/// Time for the node to write down whom it is connected to; sent to itself.
struct store_peers {};

/// Writes what is left to be written, closes the file, and ends.
struct close_store {};

/// Keeps peers and bans in a file.
using peer_store_actor = caf::typed_actor<
    // Writes down peers.
    takes<remember_peers>,
    // Writes down bans.
    takes<remember_bans>,
    // Tells what is written down.
    asks<recall_peers>::gives<recalled_peers>,
    // Ends.
    takes<close_store>>;

} // namespace grapevine
