#pragma once

#include "actors/node/peer_store.hpp"
#include "actors/node/peer_store_schema.hpp"
#include "actors/node/sqlite_file.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace grapevine {

/// The file of a peer store, open. Its tables are for people, too: `sqlite3
/// FILE 'SELECT * FROM peers'`.
class peer_store_file {
public:
  using wall_time = std::chrono::system_clock::time_point;

  /// Opens it by `open_peer_store`.
  static expected<peer_store_file, peer_store_error>
  open(const std::string& path, std::chrono::milliseconds patience,
       const peer_store_limits& limits);

  /// Writes all or nothing, and drops what is beyond the limits.
  expected<void, peer_store_error> remember(std::span<const stored_peer> peers,
                                            std::span<const block_peer> bans,
                                            wall_time now);

  /// What it holds; at most so many peers.
  expected<recalled_peers, peer_store_error> recall(std::size_t most);

private:
  peer_store_file(sqlite_file file, const peer_store_limits& limits)
      : file_{std::move(file)}, limits_{limits} {}

  expected<void, sqlite_error> put(std::span<const stored_peer> peers);
  expected<void, sqlite_error> put(std::span<const block_peer> bans,
                                   wall_time now);
  expected<void, sqlite_error> prune(wall_time now);

  sqlite_file file_;
  peer_store_limits limits_;
};

} // namespace grapevine
