#pragma once

#include "actors/host/socket.hpp"
#include "messages/reactor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace grapevine {

/// What carries a connection's bytes: a socket, or what stands for one. Belongs
/// to one actor at a time, its owner, to whom `socket_ready` tells that it can
/// be read or written. Closes when destroyed.
class byte_stream {
public:
  virtual ~byte_stream() = default;

  /// Names it in `socket_ready`, once it has an owner.
  virtual socket_id id() const noexcept = 0;

  /// Gives it to `owner`, who may arm it once its first `socket_ready` has
  /// come, which says nothing. It must not be armed now. Throws
  /// std::system_error when no more of them can be watched.
  virtual void assign(const socket_owner& owner) = 0;

  /// Asks for one `socket_ready`, when it can be read or written.
  virtual void arm(bool read, bool write) = 0;

  virtual io_result read(std::span<std::uint8_t> buffer) noexcept = 0;
  virtual io_result write(bytes_view data) noexcept = 0;

  /// Whether there is something to read, without reading it: `end` if the other
  /// side has closed.
  virtual io_status peek() noexcept = 0;

  /// Of one that was dialled and can be written: 0 if it is connected, else
  /// errno.
  virtual int connect_result() noexcept = 0;

  /// Bytes written that the other side has not acknowledged.
  virtual std::size_t unacknowledged() const noexcept = 0;

  /// The shortest round trip to the other side lately; nothing where it is not
  /// known.
  virtual std::optional<std::chrono::microseconds>
  round_trip() const noexcept = 0;

  /// Whether this side's address is the machine's no more, so that nothing will
  /// ever come.
  virtual bool stranded() const noexcept { return false; }
};

using byte_stream_ptr = std::unique_ptr<byte_stream>;

} // namespace grapevine
