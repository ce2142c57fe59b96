#pragma once

#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace grapevine {

/// A peer that this node knows.
struct stored_peer {
  libp2p::peer_id peer;
  /// Without `/p2p`, the ones that worked first.
  std::vector<libp2p::multiaddr> addresses;
  /// What it signed of its addresses; empty if it did not.
  bytes sealed;
  /// From where it was connected, as bounds per address have it.
  libp2p::ip_prefix origin;
  /// This node chose it and has reached it; else it came by itself, or somebody
  /// offered it.
  bool chosen = false;
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

/// Asks for what was written down: all bans, and at most so many peers.
struct recall_peers {
  std::size_t most = 0;
};

/// The answer: chosen peers come before others, and of these the ones that
/// were seen last.
struct recalled_peers {
  std::vector<stored_peer> peers;
  std::vector<libp2p::peer_id> banned;
};

/// Time for the node to write down whom it is connected to; sent to itself.
struct store_peers {};

/// Time for the node to look whether it has too few peers; sent to itself.
struct look_for_peers {};

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
