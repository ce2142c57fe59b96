#pragma once

#include "actors/host/connection.hpp"
#include "actors/host/host_context.hpp"
#include "actors/host/tcp_transport.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/wire_peer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace grapevine::test {

/// The far end of one of a peer's connections: a session without rules of its
/// own, which does nothing but when the fixture moves its bytes.
struct far_end {
  far_end(const std::shared_ptr<const libp2p::session_config>& config,
          libp2p::role who, unique_fd socket, time_point now)
      : fd{std::move(socket)}, session{config,
                                       who,
                                       libp2p::multiaddr::from_ip_tcp(
                                           "192.0.2.1", 4001),
                                       std::nullopt,
                                       session_end::ephemeral(0xFA),
                                       now} {}

  unique_fd fd;
  libp2p::session session;
  session_events events;
  /// The peer's end, of which the peer alone decides how long it lives.
  std::weak_ptr<connection> conn;
  /// Its descriptor.
  int near_fd = -1;
  /// It neither reads nor writes: the peer has lost this way.
  bool mute = false;
  bool closed = false;
  /// Bytes that it still takes from its socket; it writes all the same.
  std::size_t may_read = std::numeric_limits<std::size_t>::max();
  bytes pending;

  /// The streams that the node opened and were agreed, in order.
  std::vector<libp2p::stream_id> opened() const {
    std::vector<libp2p::stream_id> result;
    for (const auto& [id, protocol] : events.accepted)
      result.push_back(id);
    return result;
  }

  /// All that the node has said on one of them.
  heard_rpcs heard(libp2p::stream_id stream) const {
    heard_rpcs result;
    each_frame(stream, [&](bytes_view frame) { result.add(frame); });
    return result;
  }

  /// The same RPC by RPC, without messages.
  std::vector<proto::rpc> rpcs(libp2p::stream_id stream) const {
    std::vector<proto::rpc> result;
    each_frame(stream, [&](bytes_view frame) {
      result.push_back(proto::decode_rpc(frame, {}).value());
      result.back().messages.clear();
      result.back().partial.reset();
    });
    return result;
  }

  bool was_reset(libp2p::stream_id stream) const {
    return std::ranges::find(events.resets, stream) != events.resets.end();
  }
  bool has_ended(libp2p::stream_id stream) const {
    return std::ranges::find(events.ended, stream) != events.ended.end();
  }

  void send(libp2p::stream_id stream, bytes_view data) {
    session.write(stream, std::make_shared<const bytes>(to_bytes(data)));
  }

  /// Moves bytes between the session and its socket; whether any moved.
  bool move(time_point now) {
    session.take_output(pending, 64 * 1024);
    const auto sent = pending.empty() ? io_result{io_status::would_block}
                                      : write_some(fd.get(), pending);
    pending.erase(pending.begin(),
                  pending.begin() + static_cast<std::ptrdiff_t>(sent.size));
    std::array<std::uint8_t, 64 * 1024> buffer;
    const auto room = std::min(buffer.size(), may_read);
    if (room == 0)
      return sent.size > 0;
    const auto got = read_some(fd.get(), std::span{buffer}.first(room));
    may_read -= got.size;
    closed = got.status == io_status::end || got.status == io_status::failed;
    if (got.status == io_status::done)
      session.receive(bytes_view{buffer}.first(got.size), now, events);
    return sent.size > 0 || got.status == io_status::done;
  }

private:
  template <class Visit>
  void each_frame(libp2p::stream_id stream, const Visit& visit) const {
    const auto found = events.data.find(stream);
    if (found == events.data.end())
      return;
    gossip::frame_reader reader;
    bytes_view data = as_bytes(found->second);
    for (auto frame = reader.next(data); frame && *frame;
         frame = reader.next(data))
      visit(**frame);
  }
};

/// How a connection comes about, and who is at its far end.
struct link_options {
  /// The node's role: by default the peer dialled.
  libp2p::role role = libp2p::role::listener;
  /// Another peer has offered this one.
  bool offered = false;
  std::string ip = "192.0.2.9";
  /// What the node may open on the far end.
  std::vector<std::string> protocols = {"/meshsub/1.3.0", "/meshsub/1.2.0"};
};

/// A connection of the node's that `owner` is told of, and its far end, which
/// is the last of `fars`.
inline std::pair<connection_ptr, far_end&>
connect_far(std::deque<far_end>& fars, const host_context& ctx,
            const link_options& how, const socket_owner& owner,
            time_point now) {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                       ends.data())
          == 0);
  auto config = test_session_config(9);
  config.inbound_protocols = how.protocols;
  auto& far = fars.emplace_back(
      std::make_shared<const libp2p::session_config>(std::move(config)),
      how.role == libp2p::role::dialer ? libp2p::role::listener
                                       : libp2p::role::dialer,
      unique_fd{ends[1]}, now);
  const auto remote = libp2p::multiaddr::from_ip_tcp(how.ip, 4001);
  far.near_fd = ends[0];
  auto stream = make_socket_stream(ctx.reactor, unique_fd{ends[0]});
  stream->assign(owner);
  auto near = std::make_shared<connection>(
      std::move(stream),
      libp2p::session{ctx.session, how.role, remote, std::nullopt,
                      session_end::ephemeral(0xEE), now},
      how.role, remote);
  far.conn = near;
  return {std::move(near), far};
}

} // namespace grapevine::test
