#pragma once

#include "actors/host/connection.hpp"
#include "actors/host/write_watch.hpp"
#include "libp2p/base/time_point.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// What a peer must do in its session once the session has finished reporting:
/// it must not be called back while it does.
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
  /// The peer refused our pubsub stream here: not tried again until a push.
  bool refused = false;
  /// Since when a sign of life has been asked for in vain.
  std::optional<time_point> probed;
  std::vector<deferred_action> deferred;
  /// Whether its socket takes what waits.
  write_watch writes;

  /// Which of the offered pubsub protocols the peer speaks, the preferred one
  /// first; all of them while that is not known.
  std::vector<std::string> pubsub_protocols() const;
};

/// A stream of one of the links.
struct link_stream {
  std::shared_ptr<peer_link> link;
  libp2p::stream_id id = 0;

  explicit operator bool() const noexcept { return link != nullptr; }
  bool is(const std::shared_ptr<peer_link>& l, libp2p::stream_id s) const {
    return link == l && id == s;
  }
};

} // namespace grapevine
