#pragma once

#include "actors/host/socket.hpp"
#include "gossip/stream/frame_reader.hpp"
#include "proto/rpc.hpp"
#include "proto/varint.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <poll.h>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace grapevine::test {

/// How a `wire_peer` is made.
struct wire_peer_options {
  /// What it lets the node open, the preferred one first.
  std::vector<std::string> protocols = {"/meshsub/1.1.0", "/meshsub/1.0.0"};
  /// The address that it dials from; any if empty.
  std::string from;
};

/// All that a node has said on its pubsub streams, in order.
struct heard_rpcs {
  std::size_t rpcs = 0;
  /// Bytes of the largest, without its length.
  std::size_t largest = 0;
  /// The messages' data.
  std::vector<std::string> messages;
  /// Ids of IHAVE, IWANT and IDONTWANT.
  std::vector<std::string> ihave;
  std::vector<std::string> iwant;
  std::vector<std::string> idontwant;
  /// Topics.
  std::vector<std::string> grafts;
  std::vector<proto::prune> prunes;

  /// How many of the messages are this one.
  std::size_t copies_of(std::string_view data) const {
    return static_cast<std::size_t>(std::ranges::count(messages, data));
  }

  bool grafted(std::string_view topic) const {
    return std::ranges::find(grafts, topic) != grafts.end();
  }

  void add(bytes_view frame) {
    const auto rpc = proto::decode_rpc(frame, {});
    REQUIRE(rpc);
    ++rpcs;
    largest = std::max(largest, frame.size());
    for (const auto& msg : rpc->messages)
      messages.emplace_back(as_text(msg.data.value_or(bytes_view{})));
    const auto& ctrl = rpc->control;
    for (const auto& one : ctrl.ihaves)
      ihave.insert(ihave.end(), one.ids.begin(), one.ids.end());
    iwant.insert(iwant.end(), ctrl.iwant.begin(), ctrl.iwant.end());
    idontwant.insert(idontwant.end(), ctrl.idontwant.begin(),
                     ctrl.idontwant.end());
    grafts.insert(grafts.end(), ctrl.grafts.begin(), ctrl.grafts.end());
    prunes.insert(prunes.end(), ctrl.prunes.begin(), ctrl.prunes.end());
  }
};

/// A peer without rules of its own on a real socket: libp2p as it should be,
/// and on the pubsub streams whatever a test wants. Single-threaded: things
/// happen in `until` and `pump` alone, which wait for a condition with a
/// deadline.
class wire_peer {
public:
  static constexpr std::chrono::seconds patience{20};

  /// Dials a node and waits for the handshake.
  wire_peer(std::uint8_t number, const libp2p::multiaddr& address,
            const wire_peer_options& options = {}) {
    auto config = test_session_config(number);
    config.inbound_protocols = options.protocols;
    config_ = std::make_shared<libp2p::session_config>(std::move(config));
    socket_ = dial(endpoint::of(address).value(), options.from);
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    session_.emplace(config_, libp2p::role::dialer, address.without_peer(),
                     address.peer(), seed, std::chrono::steady_clock::now());
    events.keep_data = false;
    events.also = [this](const libp2p::session_event& e) { note(e); };
    until([&] { return session_->ready(); });
  }

  libp2p::peer_id id() const { return config_->identity->peer(); }

  // -- moving bytes -----------------------------------------------------------

  /// Moves bytes of all `peers` until `condition` holds, and requires that it
  /// does in time.
  static void pump(std::span<wire_peer* const> peers,
                   const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    std::vector<pollfd> polls;
    while (!condition()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      polls.clear();
      for (auto* one : peers)
        polls.push_back(one->write());
      constexpr int longest_wait_ms = 10;
      ::poll(polls.data(), polls.size(), longest_wait_ms);
      for (std::size_t i = 0; i < peers.size(); ++i)
        peers[i]->take(polls[i].revents != 0);
    }
  }

  /// The same of this one alone.
  void until(const std::function<bool()>& condition) {
    wire_peer* const self = this;
    pump({&self, 1}, condition);
  }

  /// Whether all that was sent on a stream is with the kernel.
  bool flushed(libp2p::stream_id stream) const {
    return ended() || (session_->buffered(stream) == 0 && pending_.empty());
  }

  /// Waits until the node has answered a ping: whatever it wrote before has
  /// then arrived.
  void ping() {
    const auto stream = open("/ipfs/ping/1.0.0");

    send_raw(stream, bytes(32, 0x70));
    until([&] { return ended() || pongs_.contains(stream); });

    session_->close_stream(stream);
  }

  // -- speaking ---------------------------------------------------------------

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
    // The session takes no more than some MiB ahead of the node.
    constexpr std::size_t ahead = 1024 * 1024;
    if (session_->buffered(stream) > ahead)
      until([&] { return ended() || session_->buffered(stream) <= ahead; });
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

  // -- hearing ----------------------------------------------------------------

  /// All subscriptions heard on a stream that the node opened.
  std::vector<proto::subscription> heard(libp2p::stream_id stream) const {
    const auto i = inbound_.find(stream);
    return i == inbound_.end() ? std::vector<proto::subscription>{}
                               : i->second.subscriptions;
  }

  /// Heard on all streams.
  const heard_rpcs& heard() const noexcept { return heard_; }

  /// Messages heard on any stream.
  std::size_t messages() const { return heard_.messages.size(); }

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
    std::vector<proto::subscription> subscriptions;
  };

  static unique_fd dial(const endpoint& where, const std::string& from) {
    if (from.empty()) {
      auto fd = start_connect(where);
      REQUIRE(fd);
      return std::move(*fd);
    }
    unique_fd fd{::socket(where.addr.ss_family,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const auto source =
        endpoint::of(libp2p::multiaddr::from_ip_tcp(from, 0)).value();
    const auto* bound = reinterpret_cast<const sockaddr*>(&source.addr);
    REQUIRE(::bind(fd.get(), bound, source.size) == 0);
    // In progress, or done at once.
    ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&where.addr),
              where.size);
    return fd;
  }

  void note(const libp2p::session_event& event) {
    if (const auto* accepted = std::get_if<libp2p::stream_accepted>(&event)) {
      order_.push_back(accepted->id);
      inbound_[accepted->id];
    } else if (const auto* data = std::get_if<libp2p::stream_data>(&event)) {
      const auto in = inbound_.find(data->id);
      if (in == inbound_.end())
        pongs_.insert(data->id);
      else
        note(in->second, data->data);
    }
  }

  void note(inbound& in, bytes_view data) {
    for (auto frame = in.reader.next(data); frame && *frame;
         frame = in.reader.next(data)) {
      heard_.add(**frame);
      const auto rpc = proto::decode_rpc(**frame, {});
      in.subscriptions.insert(in.subscriptions.end(),
                              rpc->subscriptions.begin(),
                              rpc->subscriptions.end());
    }
  }

  // Writes what there is; what is to be waited for then.
  pollfd write() {
    bytes out;
    session_->take_output(out, 1024 * 1024);
    append(pending_, out);
    if (!pending_.empty() && !ended_) {
      const auto sent = write_some(socket_.get(), pending_);
      ended_ = ended_ || sent.status == io_status::failed;
      pending_.erase(pending_.begin(),
                     pending_.begin() + static_cast<std::ptrdiff_t>(sent.size));
    }
    const bool more = !pending_.empty() || session_->has_output();
    return {ended_ ? -1 : socket_.get(),
            static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0};
  }

  void take(bool ready) {
    if (ready && !ended_)
      read();
    session_->tick(std::chrono::steady_clock::now(), events);
  }

  void read() {
    std::array<std::uint8_t, 64 * 1024> buffer;
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
  // Streams of ours on which something came.
  std::set<libp2p::stream_id> pongs_;
  std::vector<libp2p::stream_id> order_;
  heard_rpcs heard_;
};

} // namespace grapevine::test
