#pragma once

#include "actors/host/socket.hpp"
#include "gossip/stream/frame_reader.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/session/session.hpp"
#include "tests/bench/process_stats.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace grapevine::bench {

/// What a peer of the load is to others; the same number gives the same one.
/// It speaks one security protocol, whatever a relay would prefer: one load for
/// all. Costs some signatures: made before time counts.
std::shared_ptr<const libp2p::session_config>
load_identity(std::uint32_t number,
              libp2p::security_kind security = libp2p::security_kind::noise);

/// Subscriptions to so many topics, from number `first` on, and a GRAFT for
/// each if `graft`, as frames one after the other, to be sent before all else:
/// so the relay has us in its meshes before it accepts anything that follows.
shared_bytes load_greeting(std::size_t topics, bool graft,
                           std::size_t first = 0);

/// One peer of the load: a libp2p connection to the relay on a non-blocking
/// socket, without any actor. It greets, and hands out the frames that arrive,
/// doing as little as possible with them.
class load_peer : private libp2p::session_observer {
public:
  /// Takes an RPC without its length; the view lives as long as the call.
  using rpc_handler = std::function<void(bytes_view)>;

  /// Dials. `greeting` is what goes out first.
  load_peer(std::shared_ptr<const libp2p::session_config> identity,
            const endpoint& relay, shared_bytes greeting, rpc_handler on_rpc);

  int fd() const noexcept { return socket_.get(); }

  /// Whether pubsub streams are open both ways, our subscription and GRAFT
  /// written.
  bool joined() const noexcept { return outbound_open_ && inbound_open_; }

  /// Whether, besides, the relay has said who it is and what it subscribes to.
  bool met() const noexcept { return joined() && identified_ && greeted_; }

  /// Why the connection is of no use any more; empty while it is.
  const std::string& failure() const noexcept { return failure_; }

  /// Reads what the socket has, up to a bound, and writes what it causes.
  void on_readable(time_point now);

  /// Queues a frame on the pubsub stream.
  void send(shared_bytes frame);

  /// Bytes that wait to be sent.
  std::size_t buffered() const;

  /// `data_segments` of its connection.
  std::size_t segments() const { return data_segments(fd()); }

  /// Writes as much as the socket takes.
  void flush();

  /// Keepalive; to be called a few times a second.
  void tick(time_point now);

private:
  // More than any relay puts together.
  static constexpr std::size_t largest_rpc = 8 * 1024 * 1024;

  void on_event(const libp2p::session_event& event) override;
  void on_data(bytes_view data);
  void follow_up(time_point now);
  bool write_pending();

  unique_fd socket_;
  libp2p::session session_;
  shared_bytes greeting_;
  rpc_handler on_rpc_;
  gossip::frame_reader frames_{largest_rpc};
  std::optional<libp2p::stream_id> inbound_;
  std::optional<libp2p::stream_id> outbound_;
  bool inbound_open_ = false;
  bool identified_ = false;
  bool greeted_ = false;
  // The session must not be called from its events: what they ask for.
  bool must_open_ = false;
  bool must_greet_ = false;
  bool outbound_open_ = false;
  // Encrypted, and not yet taken by the socket.
  bytes pending_;
  std::size_t written_ = 0;
  std::string failure_;
};

} // namespace grapevine::bench
