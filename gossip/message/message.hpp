#pragma once

#include "gossip/message/message_id.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"
#include "proto/rpc.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace grapevine::gossip {

class message;

/// Messages are immutable and shared by the cache, the queues of all peers they
/// go to, and the local subscribers.
using message_ptr = std::shared_ptr<const message>;

/// A message that owns its bytes: the frame that carries it alone, ready to be
/// sent to any number of peers without encoding it again.
class message {
public:
  /// Owns a copy of the encoded Message that `view` sees, with the frame's
  /// header before it, in one buffer. `id` is what the topic's id function
  /// gave.
  static message_ptr copy_of(const proto::message_view& view, message_id id);

  /// Takes over `frame`, whose last bytes, from `header_size` on, are an
  /// encoded Message. Null if they are not.
  static message_ptr from_frame(bytes frame, std::size_t header_size,
                                const message_id_function& id_of);

  /// The fields, seen in place in `frame()`.
  const proto::message_view& fields() const noexcept { return fields_; }

  const message_id& id() const noexcept { return id_; }
  std::string_view topic() const noexcept { return fields_.topic; }
  bytes_view data() const noexcept {
    return fields_.data.value_or(bytes_view{});
  }

  /// The author; empty without `from` or where that is no peer id.
  const libp2p::peer_id& author() const noexcept { return author_; }

  /// The RPC that carries this message alone, with its varint length.
  const bytes& frame() const noexcept { return frame_; }

  /// The encoded Message inside the frame.
  bytes_view encoded() const noexcept { return fields_.encoded; }

  /// Counts the queues in which the message waits beyond a turn, so that it is
  /// counted once however many these are: whether this is the first of them.
  bool wait_begins() const noexcept {
    return waiting_.fetch_add(1, std::memory_order_relaxed) == 0;
  }
  /// It waits no more in one of them: whether that was the last.
  bool wait_ends() const noexcept {
    return waiting_.fetch_sub(1, std::memory_order_relaxed) == 1;
  }

private:
  /// Lets only members make messages.
  struct key {};

public:
  message(key, bytes frame, const proto::message_view& fields, message_id id);

  message(const message&) = delete;
  message& operator=(const message&) = delete;

private:
  bytes frame_;
  proto::message_view fields_;
  message_id id_;
  libp2p::peer_id author_;
  mutable std::atomic<std::uint32_t> waiting_{0};
};

/// The frame of `msg` as a buffer that keeps the message alive.
inline shared_bytes shared_frame(message_ptr msg) {
  const bytes* frame = &msg->frame();
  return {std::move(msg), frame};
}

} // namespace grapevine::gossip
