#pragma once

#include "actors/socket.hpp"
#include "gossip/frame_reader.hpp"
#include "proto/varint.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <poll.h>
#include <string>
#include <vector>

namespace grapevine::test {

/// A peer without rules of its own on a real socket: libp2p as it should be,
/// and on the pubsub streams whatever a test wants. Single-threaded: things
/// happen in `until` alone, which waits for a condition with a deadline.
class wire_peer {
public:
  static constexpr std::chrono::seconds patience{20};

  /// Dials a node and waits for the handshake.
  wire_peer(std::uint8_t number, const libp2p::multiaddr& address)
      : config_{std::make_shared<libp2p::session_config>(
          test_session_config(number))} {
    auto config = *config_;
    config.inbound_protocols = {"/meshsub/1.1.0", "/meshsub/1.0.0"};
    config_ = std::make_shared<libp2p::session_config>(config);
    auto fd = start_connect(endpoint::of(address).value());
    REQUIRE(fd);
    socket_ = std::move(*fd);
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    session_.emplace(config_, libp2p::role::dialer, address.without_peer(),
                     address.peer(), seed, std::chrono::steady_clock::now());
    events.also = [this](const libp2p::session_event& e) { note(e); };
    until([&] { return session_->ready(); });
  }

  libp2p::peer_id id() const { return config_->identity->peer(); }

  /// Moves bytes until `condition` holds, and requires that it does in time.
  void until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      step();
    }
  }

  /// Opens a pubsub stream and waits until it is agreed.
  libp2p::stream_id open(const std::string& protocol = "/meshsub/1.1.0") {
    const auto id =
        session_->open_stream({protocol}, std::chrono::steady_clock::now());
    REQUIRE(id);
    until([&] { return events.opened.contains(*id); });
    return *id;
  }

  /// Writes an RPC with its length.
  void send(libp2p::stream_id stream, bytes_view rpc) {
    bytes frame;
    append_varint(frame, rpc.size());
    append(frame, rpc);
    send_raw(stream, frame);
  }

  void send_raw(libp2p::stream_id stream, bytes_view data) {
    session_->write(stream, std::make_shared<const bytes>(to_bytes(data)));
  }

  /// Frames with their lengths, as `encode_frames` makes them.
  void say(libp2p::stream_id stream,
           const std::vector<proto::subscription>& subscriptions,
           const proto::control& control = {}) {
    std::vector<bytes> frames;
    proto::encode_frames(subscriptions, control, 1024 * 1024, frames);
    for (const auto& frame : frames)
      send_raw(stream, frame);
  }

  /// All subscriptions heard on a stream that the node opened.
  std::vector<proto::subscription> heard(libp2p::stream_id stream) const {
    std::vector<proto::subscription> result;
    for (const auto& one : frames_of(stream))
      if (const auto rpc = proto::decode_rpc(one, {}))
        result.insert(result.end(), rpc->subscriptions.begin(),
                      rpc->subscriptions.end());
    return result;
  }

  /// Messages heard on any stream.
  std::size_t messages() const {
    std::size_t result = 0;
    for (const auto& [stream, in] : inbound_)
      for (const auto& one : in.frames)
        if (const auto rpc = proto::decode_rpc(one, {}))
          result += rpc->messages.size();
    return result;
  }

  /// The streams that the node opened, in order.
  const std::vector<libp2p::stream_id>& opened_by_node() const {
    return order_;
  }

  bool was_reset(libp2p::stream_id stream) const {
    return std::ranges::find(events.resets, stream) != events.resets.end();
  }

  bool ended() const { return ended_ || session_->closed(); }
  libp2p::session& session() { return *session_; }

  session_events events;

private:
  struct inbound {
    gossip::frame_reader reader;
    std::vector<bytes> frames;
  };

  std::vector<bytes> frames_of(libp2p::stream_id stream) const {
    const auto i = inbound_.find(stream);
    return i == inbound_.end() ? std::vector<bytes>{} : i->second.frames;
  }

  void note(const libp2p::session_event& event) {
    if (const auto* accepted = std::get_if<libp2p::stream_accepted>(&event)) {
      order_.push_back(accepted->id);
      inbound_[accepted->id];
    } else if (const auto* data = std::get_if<libp2p::stream_data>(&event)) {
      auto& in = inbound_[data->id];
      auto left = data->data;
      for (auto frame = in.reader.next(left); frame && *frame;
           frame = in.reader.next(left))
        in.frames.push_back(to_bytes(**frame));
    }
  }

  void step() {
    bytes out;
    session_->take_output(out, 1024 * 1024);
    append(pending_, out);
    if (!pending_.empty()) {
      const auto sent = write_some(socket_.get(), pending_);
      ended_ = ended_ || sent.status == io_status::failed;
      pending_.erase(pending_.begin(),
                     pending_.begin() + static_cast<std::ptrdiff_t>(sent.size));
    }
    constexpr int longest_wait_ms = 10;
    pollfd poll{
        socket_.get(),
        static_cast<short>(pending_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (::poll(&poll, 1, longest_wait_ms) > 0 && !ended_)
      read();
    session_->tick(std::chrono::steady_clock::now(), events);
  }

  void read() {
    std::array<std::uint8_t, 16 * 1024> buffer;
    const auto got = read_some(socket_.get(), buffer);
    if (got.status == io_status::end || got.status == io_status::failed)
      ended_ = true;
    else if (got.status == io_status::done)
      session_->receive(bytes_view{buffer}.first(got.size),
                        std::chrono::steady_clock::now(), events);
  }

  std::shared_ptr<const libp2p::session_config> config_;
  unique_fd socket_;
  std::optional<libp2p::session> session_;
  bytes pending_;
  bool ended_ = false;
  std::map<libp2p::stream_id, inbound> inbound_;
  std::vector<libp2p::stream_id> order_;
};

} // namespace grapevine::test
