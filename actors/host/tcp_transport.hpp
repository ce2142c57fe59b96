#pragma once

#include "actors/host/transport.hpp"

namespace grapevine {

/// A connected or connecting socket, which `reactor` is to watch.
byte_stream_ptr make_socket_stream(std::shared_ptr<reactor_link> reactor,
                                   unique_fd fd);

/// A listening socket.
stream_listener_ptr make_socket_listener(unique_fd fd);

/// TCP over IPv4 and IPv6.
class tcp_transport : public transport {
public:
  libp2p::transport_kind kind() const noexcept override {
    return libp2p::transport_kind::tcp;
  }
  expected<byte_stream_ptr, std::string>
  dial(const libp2p::multiaddr& address,
       const std::shared_ptr<reactor_link>& reactor) const override;
  expected<stream_listener_ptr, std::string>
  listen(const libp2p::multiaddr& address) const override;
};

} // namespace grapevine
