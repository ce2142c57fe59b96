#pragma once

#include "actors/host/socket.hpp"
#include "app/console/signals.hpp"
#include "app/failure.hpp"
#include "libp2p/secure/network_key.hpp"
#include "libp2p/services/ping.hpp"
#include "libp2p/session/session.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace grapevine::app {

/// A connection of its own to one peer that is there to measure round trips:
/// blocking, on one socket, without a node. Ends waiting when the flag is
/// raised.
class ping_client : private libp2p::session_observer {
public:
  using clock = std::chrono::steady_clock;

  /// `network`: the key of the private network that the peer is in; null: it
  /// is in none.
  explicit ping_client(
      const stop_flag& stop,
      std::shared_ptr<const libp2p::network_key> network = nullptr)
      : stop_{stop}, network_{std::move(network)} {}
  ping_client(const ping_client&) = delete;
  ping_client& operator=(const ping_client&) = delete;
  /// Says goodbye.
  ~ping_client() override;

  /// Resolves the address's name, connects and authenticates the peer, all
  /// within `timeout`.
  outcome<void> connect(const libp2p::multiaddr& address,
                        std::chrono::milliseconds timeout);

  /// Who answers.
  const libp2p::peer_id& peer() const { return session_->remote_peer(); }

  /// Sends a ping and waits for its echo. Peers that end the stream after a
  /// pong, as nim-libp2p does, get another one.
  outcome<std::chrono::nanoseconds> ping(std::chrono::milliseconds timeout);

  /// Keeps the connection alive for so long.
  outcome<void> idle(std::chrono::milliseconds time);

  /// Whether the flag was raised.
  bool stopped() const noexcept { return stop_.raised(); }

private:
  struct ping_stream {
    libp2p::stream_id id;
    libp2p::ping_requester requester{};
    bool opened = false;
    bool over = false;
    bool echoed = false;
    // Any ping on it.
    bool used = false;
  };

  void on_event(const libp2p::session_event& event) override;
  void on_data(const libp2p::stream_data& event);

  outcome<void> connect_socket(const libp2p::multiaddr& address,
                               clock::time_point until);
  void begin_session(const libp2p::multiaddr& remote,
                     const std::optional<libp2p::peer_id>& expected);
  template <class Done>
  outcome<bool> run_until(clock::time_point until, Done done);
  outcome<void> open_stream(clock::time_point until);
  outcome<void> send_ping(clock::time_point until);
  outcome<void> exchange(clock::time_point until);
  outcome<void> write();

  const stop_flag& stop_;
  std::shared_ptr<const libp2p::network_key> network_;
  unique_fd fd_;
  std::optional<libp2p::session> session_;
  std::optional<ping_stream> stream_;
  std::string closed_;
  // Encrypted and not yet taken by the socket.
  bytes pending_;
};

} // namespace grapevine::app
