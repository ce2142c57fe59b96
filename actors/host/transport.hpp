#pragma once

#include "actors/host/byte_stream.hpp"
#include "actors/host/reactor.hpp"
#include "libp2p/address/dial_plan.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "proto/expected.hpp"

#include <memory>
#include <string>
#include <vector>

namespace grapevine {

/// A connection that somebody has made to this node.
struct accepted_stream {
  byte_stream_ptr stream;
  libp2p::multiaddr from;
};

/// Where connections of one transport come in. Belongs to one actor, to whom
/// `socket_ready` tells that there are some. Closes when destroyed.
class stream_listener {
public:
  virtual ~stream_listener() = default;

  /// The address that it has, with the port that it was given.
  virtual libp2p::multiaddr address() const = 0;

  /// Gives it to `owner`, who may arm it once its first `socket_ready` has
  /// come. Throws std::system_error when no more of them can be watched.
  virtual void watch(const std::shared_ptr<reactor_link>& reactor,
                     const socket_owner& owner) = 0;

  /// Names it in `socket_ready`, once it is watched.
  virtual socket_id id() const noexcept = 0;

  /// Asks for one `socket_ready`, when a connection waits.
  virtual void arm() = 0;

  /// The next connection; without a value, errno (EAGAIN: none waits).
  virtual expected<accepted_stream, int> accept() = 0;
};

using stream_listener_ptr = std::unique_ptr<stream_listener>;

/// One way to carry bytes between nodes. A node offers those of its table; what
/// each takes of an address is `libp2p/address/dial_plan.hpp`'s to say.
class transport {
public:
  virtual ~transport() = default;

  virtual libp2p::transport_kind kind() const noexcept = 0;

  /// Begins to connect to `address`, which names no name. Once the stream can
  /// be written, `connect_result` tells what came of it.
  virtual expected<byte_stream_ptr, std::string>
  dial(const libp2p::multiaddr& address,
       const std::shared_ptr<reactor_link>& reactor) const = 0;

  /// Listens on `address`; or why that is not possible.
  virtual expected<stream_listener_ptr, std::string>
  listen(const libp2p::multiaddr& address) const = 0;
};

/// The transports that a node offers.
class transport_table {
public:
  transport_table(std::vector<std::shared_ptr<const transport>> rows);

  /// What there is, for `libp2p::plan_dial` and its like.
  const std::vector<libp2p::transport_kind>& kinds() const noexcept {
    return kinds_;
  }

  /// One of them.
  const transport& at(libp2p::transport_kind kind) const;

  /// Listens with the transport that `address` asks for; or why that is not
  /// possible, for people.
  expected<stream_listener_ptr, std::string>
  listen(const libp2p::multiaddr& address) const;

private:
  std::vector<std::shared_ptr<const transport>> rows_;
  std::vector<libp2p::transport_kind> kinds_;
};

/// What nodes offer unless they are given others: TCP.
transport_table default_transports();

} // namespace grapevine
