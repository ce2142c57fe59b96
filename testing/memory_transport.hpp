#pragma once

#include "actors/host/transport.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace grapevine::testing {

/// Bytes on their way between two streams of one process, and who is told of
/// them: what a kernel does for two sockets.
class memory_pipe {
public:
  /// Bytes that wait for a reader at most.
  static constexpr std::size_t room = 64 * 1024;

  explicit memory_pipe(std::array<socket_id, 2> ids) {
    for (std::size_t i = 0; i < 2; ++i)
      ends_[i].id = ids[i];
  }

  socket_id id(std::size_t side) const { return ends_[side].id; }

  void assign(std::size_t side, const socket_owner& owner) {
    // Its actor may end with it, and close another stream.
    socket_owner former;
    const std::lock_guard lock{mutex_};
    former = std::exchange(ends_[side].owner, owner);
    ends_[side].read = ends_[side].write = false;
    tell_from_outside(owner, socket_ready{ends_[side].id, false, false});
  }

  void arm(std::size_t side, bool read, bool write) {
    const std::lock_guard lock{mutex_};
    ends_[side].read = read;
    ends_[side].write = write;
    report(side);
  }

  io_result read(std::size_t side, std::span<std::uint8_t> to) {
    const std::lock_guard lock{mutex_};
    auto& waiting = ends_[side].waiting;
    if (waiting.empty())
      return {ends_[1 - side].closed ? io_status::end : io_status::would_block};
    const auto size = std::min(to.size(), waiting.size());
    std::copy_n(waiting.begin(), size, to.begin());
    waiting.erase(waiting.begin(),
                  waiting.begin() + static_cast<std::ptrdiff_t>(size));
    report(1 - side);
    return {io_status::done, size};
  }

  io_result write(std::size_t side, bytes_view data) {
    const std::lock_guard lock{mutex_};
    auto& other = ends_[1 - side];
    if (other.closed)
      return {io_status::failed, 0, EPIPE};
    const auto size = std::min(data.size(), room - other.waiting.size());
    if (size == 0)
      return {io_status::would_block};
    other.waiting.insert(other.waiting.end(), data.begin(),
                         data.begin() + static_cast<std::ptrdiff_t>(size));
    report(1 - side);
    return {io_status::done, size};
  }

  io_status peek(std::size_t side) const {
    const std::lock_guard lock{mutex_};
    if (!ends_[side].waiting.empty())
      return io_status::done;
    return ends_[1 - side].closed ? io_status::end : io_status::would_block;
  }

  std::size_t unread(std::size_t side) const {
    const std::lock_guard lock{mutex_};
    return ends_[1 - side].closed ? 0 : ends_[1 - side].waiting.size();
  }

  void close(std::size_t side) {
    socket_owner former;
    const std::lock_guard lock{mutex_};
    ends_[side].closed = true;
    former = std::move(ends_[side].owner);
    report(1 - side);
  }

private:
  struct end {
    socket_id id = 0;
    socket_owner owner;
    bool read = false;
    bool write = false;
    bool closed = false;
    /// What it has not read yet.
    std::deque<std::uint8_t> waiting;
  };

  // Tells the owner of a side what it has asked for, once.
  void report(std::size_t side) {
    auto& one = ends_[side];
    const auto& other = ends_[1 - side];
    const bool readable = one.read && (!one.waiting.empty() || other.closed);
    const bool writable =
        one.write && (other.waiting.size() < room || other.closed);
    if (one.closed || (!readable && !writable))
      return;
    one.read = one.write = false;
    tell_from_outside(one.owner, socket_ready{one.id, readable, writable});
  }

  mutable std::mutex mutex_;
  std::array<end, 2> ends_;
};

class memory_stream : public byte_stream {
public:
  memory_stream(std::shared_ptr<memory_pipe> pipe, std::size_t side)
      : pipe_{std::move(pipe)}, side_{side} {}
  ~memory_stream() override { pipe_->close(side_); }

  socket_id id() const noexcept override { return pipe_->id(side_); }
  void assign(const socket_owner& owner) override {
    pipe_->assign(side_, owner);
  }
  void arm(bool read, bool write) override { pipe_->arm(side_, read, write); }
  io_result read(std::span<std::uint8_t> buffer) noexcept override {
    return pipe_->read(side_, buffer);
  }
  io_result write(bytes_view data) noexcept override {
    return pipe_->write(side_, data);
  }
  io_status peek() noexcept override { return pipe_->peek(side_); }
  int connect_result() noexcept override { return 0; }
  std::size_t unacknowledged() const noexcept override {
    return pipe_->unread(side_);
  }
  std::optional<std::chrono::microseconds>
  round_trip() const noexcept override {
    return std::chrono::microseconds{0};
  }

private:
  std::shared_ptr<memory_pipe> pipe_;
  std::size_t side_;
};

/// Connects nodes of one process: `/memory/N`. Each network has addresses of
/// its own.
class memory_transport : public transport,
                         public std::enable_shared_from_this<memory_transport> {
public:
  libp2p::transport_kind kind() const noexcept override {
    return libp2p::transport_kind::memory;
  }

  expected<byte_stream_ptr, std::string>
  dial(const libp2p::multiaddr& address,
       const std::shared_ptr<reactor_link>& reactor) const override {
    const std::lock_guard lock{mutex_};
    const auto found = places_.find(address.to_text());
    if (found == places_.end())
      return unexpected{"nobody listens at " + address.to_text()};
    auto pipe = std::make_shared<memory_pipe>(
        std::array{reactor->next_id(), ++last_id_});
    found->second.waiting.push_back(std::make_unique<memory_stream>(pipe, 1));
    report(found->second);
    return std::make_unique<memory_stream>(std::move(pipe), 0);
  }

  expected<stream_listener_ptr, std::string>
  listen(const libp2p::multiaddr& address) const override {
    const std::lock_guard lock{mutex_};
    if (!places_.try_emplace(address.to_text()).second)
      return unexpected{"somebody listens at " + address.to_text()};
    return std::make_unique<listener>(shared_from_this(), address);
  }

private:
  struct place {
    socket_owner owner;
    socket_id id = 0;
    bool armed = false;
    std::deque<byte_stream_ptr> waiting;
  };

  class listener : public stream_listener {
  public:
    listener(std::shared_ptr<const memory_transport> network,
             libp2p::multiaddr address)
        : network_{std::move(network)}, address_{std::move(address)} {}
    ~listener() override {
      // What nobody accepted closes, and its owner may end, without the lock.
      place last;
      const std::lock_guard lock{network_->mutex_};
      last = std::move(here());
      network_->places_.erase(address_.to_text());
    }

    libp2p::multiaddr address() const override { return address_; }

    void watch(const std::shared_ptr<reactor_link>& reactor,
               const socket_owner& owner) override {
      id_ = reactor->next_id();
      const std::lock_guard lock{network_->mutex_};
      here().owner = owner;
      here().id = id_;
      tell_from_outside(owner, socket_ready{id_, false, false});
    }

    socket_id id() const noexcept override { return id_; }

    void arm() override {
      const std::lock_guard lock{network_->mutex_};
      here().armed = true;
      report(here());
    }

    expected<accepted_stream, int> accept() override {
      const std::lock_guard lock{network_->mutex_};
      auto& waiting = here().waiting;
      if (waiting.empty())
        return unexpected{EAGAIN};
      auto stream = std::move(waiting.front());
      waiting.pop_front();
      return accepted_stream{std::move(stream), address_};
    }

  private:
    place& here() { return network_->places_.at(address_.to_text()); }

    std::shared_ptr<const memory_transport> network_;
    libp2p::multiaddr address_;
    socket_id id_ = 0;
  };

  static void report(place& here) {
    if (here.waiting.empty() || !std::exchange(here.armed, false))
      return;
    tell_from_outside(here.owner, socket_ready{here.id, true, false});
  }

  mutable std::mutex mutex_;
  // Of the ends that are accepted: no reactor counts so far.
  mutable socket_id last_id_ = socket_id{1} << 63;
  // By address, from when somebody listens there.
  mutable std::map<std::string, place> places_;
};

} // namespace grapevine::testing
