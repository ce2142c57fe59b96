#pragma once

#include "actors/socket.hpp"
#include "gossip/frame_reader.hpp"
#include "libp2p/session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace grapevine::bench {

/// One peer of the load: a libp2p connection to the relay on a non-blocking
/// socket, without any actor. It subscribes, grafts, and hands out the frames
/// that arrive, doing as little as possible with them.
class load_peer : private libp2p::session_observer {
public:
  /// Takes an RPC without its length; the view lives as long as the call.
  using rpc_handler = std::function<void(bytes_view)>;

  /// Dials; `number` gives the identity.
  load_peer(std::uint8_t number, const endpoint& relay, rpc_handler on_rpc);

  int fd() const noexcept { return socket_.get(); }

  /// Whether pubsub streams are open both ways, our subscription and GRAFT
  /// written.
  bool joined() const noexcept { return outbound_open_ && inbound_open_; }

  /// Why the connection is of no use any more; empty while it is.
  const std::string& failure() const noexcept { return failure_; }

  /// Reads what the socket has, up to a bound, and writes what it causes.
  void on_readable(libp2p::time_point now);

  /// Queues a frame on the pubsub stream.
  void send(shared_bytes frame);

  /// Bytes that wait to be sent.
  std::size_t buffered() const;

  /// Segments with data that TCP has received: over the loopback interface one
  /// for each write of the relay, of up to 64 KiB.
  std::size_t segments() const;

  /// Writes as much as the socket takes.
  void flush();

  /// Keepalive; to be called a few times a second.
  void tick(libp2p::time_point now);

private:
  void on_event(const libp2p::session_event& event) override;
  void on_data(bytes_view data);
  void follow_up(libp2p::time_point now);
  bool write_pending();

  unique_fd socket_;
  libp2p::session session_;
  rpc_handler on_rpc_;
  gossip::frame_reader frames_;
  std::optional<libp2p::stream_id> inbound_;
  std::optional<libp2p::stream_id> outbound_;
  bool inbound_open_ = false;
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
