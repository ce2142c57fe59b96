#pragma once

#include "actors/host/connection.hpp"
#include "actors/host/write_watch.hpp"
#include "libp2p/base/time_point.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

class protocol_handler;

/// What is to be done to a stream once its session has finished reporting: it
/// must not be called back while it does.
struct deferred_action {
  enum class kind { close, reset };
  kind what;
  libp2p::stream_id stream;
};

/// One of a peer's connections, with what its session told.
struct peer_link {
  connection_ptr conn;
  /// We dialled it because another peer offered it.
  bool offered = false;
  /// What identify told the peer speaks; nothing before.
  std::optional<std::vector<std::string>> protocols;
  /// Hashes of where it says that it listens, but for loopback addresses.
  std::vector<std::size_t> listens;
  /// Those whose streams the peer refused here: not tried again until a push.
  std::vector<const protocol_handler*> refused;
  /// Since when a sign of life has been asked for in vain.
  std::optional<time_point> probed;
  std::vector<deferred_action> deferred;
  /// Its session is reporting.
  bool reports = false;
  /// Whether its socket takes what waits.
  write_watch writes;
};

using link_ptr = std::shared_ptr<peer_link>;

/// A stream of one of the links.
struct link_stream {
  link_ptr link;
  libp2p::stream_id id = 0;

  explicit operator bool() const noexcept { return link != nullptr; }
  friend bool operator==(const link_stream&, const link_stream&) = default;
};

} // namespace grapevine
