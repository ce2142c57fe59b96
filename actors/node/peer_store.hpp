#pragma once

#include "messages/peer_store.hpp"

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace grapevine {

/// What a peer store keeps at most. Ours, no specification's.
struct peer_store_limits {
  /// Peers that this node chose. A round through all of them takes minutes, and
  /// one that is alive is found long before that.
  std::size_t chosen = 750;

  /// Peers that came by themselves or were offered: a part of its own, so that
  /// strangers never push out those that were chosen.
  std::size_t met = 250;

  /// All of them.
  constexpr std::size_t all() const noexcept { return chosen + met; }

  /// Of those that were met, how many from one address: whoever has one address
  /// must not fill this part.
  std::size_t met_per_origin = 8;

  /// Bytes of a peer's addresses, and of its signed record; honest ones have
  /// some hundred of each.
  std::size_t addresses_size = 2'048;
  std::size_t sealed_size = 4'096;

  /// How long a peer is remembered that was not seen again.
  std::chrono::hours age{30 * 24};

  /// Peers that are banned; the ones that were banned first go.
  std::size_t bans = 10'000;
};

/// What a peer store works with.
struct peer_store_setup {
  /// The file: made if there is none, of mode 0600. Its folder is made, too.
  std::string path;
  std::shared_ptr<spdlog::logger> log;
  peer_store_limits limits{};
  /// How long another process that writes to the file is waited for.
  std::chrono::milliseconds patience{5'000};
};

/// Keeps peers and bans in an SQLite file, on a thread of its own, as disks may
/// take long. Nothing of it is fatal: a file that is none of a peer store is
/// set aside, and what cannot be written is said and tried again with the next.
peer_store_actor spawn_peer_store(caf::actor_system& sys,
                                  peer_store_setup setup);

} // namespace grapevine
