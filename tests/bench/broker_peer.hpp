#pragma once

#include "actors/host/socket.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/bench/broker_protocol.hpp"
#include "tests/bench/process_stats.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace grapevine::bench {

/// What a broker's clients trust: the certificate of its issuer, as PEM.
std::shared_ptr<ssl_ctx_st> broker_trust(const std::string& issuer);

/// A client of a broker, with TLS 1.3 on a non-blocking socket, that does as
/// little as possible.
class broker_peer {
public:
  /// Takes a message's data; the view lives as long as the call.
  using message_handler = std::function<void(bytes_view)>;

  /// What it says, and whom it trusts.
  struct options {
    broker_kind broker = broker_kind::nats;
    std::string name;
    std::optional<std::string> topic;
    std::shared_ptr<ssl_ctx_st> trust;
  };

  /// Connects and shakes hands, which it waits for; then says hello. What goes
  /// wrong is thrown.
  broker_peer(options o, const endpoint& broker, message_handler on_message);

  int fd() const noexcept { return socket_.get(); }

  /// Whether the broker has done what it was asked for.
  bool ready() const noexcept { return ready_; }

  /// Why the connection is of no use any more; empty while it is.
  const std::string& failure() const noexcept { return failure_; }

  /// Reads all that there is.
  void on_readable(time_point now);

  /// Queues what goes to the broker.
  void send(std::string_view data) { out_.append(data); }
  void send(bytes_view data) { out_.append(as_text(data)); }

  /// Bytes that wait to be sent.
  std::size_t buffered() const noexcept { return out_.size() - written_; }

  /// Segments with data that TCP has received.
  std::size_t segments() const { return data_segments(fd()); }

  /// Writes as much as the socket takes.
  void flush();

  /// Nothing has to be done from time to time.
  void tick(time_point) { flush(); }

private:
  void shake_hands();
  void skip_greeting() const;
  void take_packets();
  bool fails(int result, const char* what);

  options options_;
  unique_fd socket_;
  message_handler on_message_;
  std::shared_ptr<ssl_st> tls_;
  // Packets that are not whole, and what waits to be encrypted.
  bytes in_;
  std::string out_;
  std::size_t written_ = 0;
  bool ready_ = false;
  std::string failure_;
};

} // namespace grapevine::bench
