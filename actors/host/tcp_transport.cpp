#include "actors/host/tcp_transport.hpp"

#include "actors/host/descriptors.hpp"

#include <cerrno>
#include <utility>

namespace grapevine {

namespace {

/// A socket that the reactor watches from its first owner on: whoever is
/// accepted with its first bytes costs the listener no system call.
class socket_stream : public byte_stream {
public:
  socket_stream(std::shared_ptr<reactor_link> reactor, unique_fd fd)
      : reactor_{std::move(reactor)}, fresh_{std::move(fd)} {}

  socket_id id() const noexcept override { return watched_.id(); }

  void assign(const socket_owner& owner) override {
    if (fresh_)
      watched_ = {reactor_, std::move(fresh_), owner};
    else
      watched_.assign(owner);
  }

  void arm(bool read, bool write) override { watched_.arm(read, write); }

  io_result read(std::span<std::uint8_t> buffer) noexcept override {
    return read_some(fd(), buffer);
  }
  io_result write(bytes_view data) noexcept override {
    return write_some(fd(), data);
  }
  io_status peek() noexcept override { return grapevine::peek(fd()); }
  int connect_result() noexcept override {
    return grapevine::connect_result(fd());
  }
  std::size_t unacknowledged() const noexcept override {
    return grapevine::unacknowledged(fd());
  }
  bool stranded() const noexcept override { return has_lost_address(fd()); }
  std::optional<std::chrono::microseconds>
  round_trip() const noexcept override {
    return grapevine::round_trip(fd());
  }

private:
  int fd() const noexcept { return fresh_ ? fresh_.get() : watched_.fd(); }

  std::shared_ptr<reactor_link> reactor_;
  unique_fd fresh_;
  watched_socket watched_;
};

class socket_listener : public stream_listener {
public:
  explicit socket_listener(unique_fd fd)
      : bound_{local_endpoint(fd.get())}, fresh_{std::move(fd)},
        accept_below_{plan_descriptors(descriptor_limit(), 0, 0).accept_below} {
  }

  libp2p::multiaddr address() const override { return bound_.to_multiaddr(); }

  void watch(const std::shared_ptr<reactor_link>& reactor,
             const socket_owner& owner) override {
    reactor_ = reactor;
    watched_ = {reactor, std::move(fresh_), owner};
  }

  socket_id id() const noexcept override { return watched_.id(); }
  void arm() override { watched_.arm(true, false); }

  expected<accepted_stream, int> accept() override {
    auto one = accept_one(watched_.fd());
    if (!one)
      return unexpected{one.error()};
    // The rest of the descriptors is for dials.
    if (static_cast<std::size_t>(one->first.get()) >= accept_below_)
      return unexpected{EMFILE};
    auto stream = make_socket_stream(reactor_, std::move(one->first));
    return accepted_stream{std::move(stream), one->second.to_multiaddr()};
  }

private:
  endpoint bound_;
  unique_fd fresh_;
  std::shared_ptr<reactor_link> reactor_;
  watched_socket watched_;
  std::size_t accept_below_;
};

// Of addresses that this transport takes there is no endpoint for no other
// reason.
std::string no_interface(const libp2p::multiaddr& address) {
  return "this machine has no interface \"" + address.components().front().value
         + "\"";
}

} // namespace

byte_stream_ptr make_socket_stream(std::shared_ptr<reactor_link> reactor,
                                   unique_fd fd) {
  return std::make_unique<socket_stream>(std::move(reactor), std::move(fd));
}

stream_listener_ptr make_socket_listener(unique_fd fd) {
  return std::make_unique<socket_listener>(std::move(fd));
}

expected<byte_stream_ptr, std::string>
tcp_transport::dial(const libp2p::multiaddr& address,
                    const std::shared_ptr<reactor_link>& reactor) const {
  const auto where = endpoint::of(address);
  if (!where)
    return unexpected{no_interface(address)};
  auto fd = start_connect(*where);
  if (!fd)
    return unexpected{fd.error().reason};
  return make_socket_stream(reactor, std::move(*fd));
}

expected<stream_listener_ptr, std::string>
tcp_transport::listen(const libp2p::multiaddr& address) const {
  const auto where = endpoint::of(address);
  if (!where)
    return unexpected{no_interface(address)};
  auto fd = listen_on(*where);
  if (!fd)
    return unexpected{fd.error().reason};
  return make_socket_listener(std::move(*fd));
}

} // namespace grapevine
