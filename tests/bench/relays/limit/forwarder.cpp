#include "tests/bench/relays/limit/forwarder.hpp"

#include "actors/context.hpp"
#include "proto/varint.hpp"

#include <array>
#include <chrono>
#include <poll.h>
#include <stdexcept>

namespace grapevine::bench {

namespace {

using clock = time_point::clock;

constexpr std::size_t read_size = std::size_t{64} * 1024;
constexpr std::size_t write_size = std::size_t{64} * 1024;

// Beyond, everybody waits for the slowest.
constexpr std::size_t most_waiting = std::size_t{1024} * 1024;

// In an RPC: messages, as protobuf's tag of the field.
constexpr std::uint8_t publish_tag = 0x12;

shared_bytes framed(bytes_view rpc) {
  bytes frame;
  frame.reserve(rpc.size() + 4);
  append_varint(frame, rpc.size());
  append(frame, rpc);
  return std::make_shared<const bytes>(std::move(frame));
}

} // namespace

/// A connection, and the pubsub streams on it.
class forwarder::peer : public libp2p::session_observer {
public:
  peer(forwarder& owner, unique_fd socket, const endpoint& from)
      : owner_{owner}, socket_{std::move(socket)},
        session_{owner.identity_, libp2p::role::listener, from.to_multiaddr(),
                 std::nullopt,    random_seed(),          clock::now()} {}

  int fd() const noexcept { return socket_.get(); }
  bool publishes() const noexcept { return publishes_; }
  bool ended() const noexcept { return ended_ || session_.closed(); }
  std::size_t waiting() const noexcept {
    return pending_.size() - written_
           + (outbound_ ? session_.buffered(*outbound_) : 0);
  }
  bool has_output() const {
    return written_ < pending_.size() || session_.has_output();
  }

  void read() {
    static std::array<std::uint8_t, read_size> buffer;
    const auto got = read_some(fd(), buffer);
    ended_ = got.status == io_status::end || got.status == io_status::failed;
    if (got.status != io_status::done)
      return;
    const auto now = clock::now();
    session_.receive_in_place(std::span{buffer}.first(got.size), now, *this);
    if (std::exchange(ready_, false))
      outbound_ =
          session_.open_stream(owner_.identity_->inbound_protocols, now);
    if (std::exchange(opened_, false))
      session_.write(*outbound_, owner_.greeting_);
  }

  void send(const shared_bytes& frame) {
    if (outbound_)
      session_.write(*outbound_, frame);
  }

  void write() {
    while (!ended() && has_output()) {
      if (written_ == pending_.size()) {
        pending_.clear();
        written_ = 0;
        session_.take_output(pending_, write_size);
      }
      const auto sent =
          write_some(fd(), bytes_view{pending_}.subspan(written_));
      ended_ = sent.status == io_status::failed;
      if (sent.status != io_status::done)
        return;
      written_ += sent.size;
    }
  }

  void on_event(const libp2p::session_event& event) override {
    if (const auto* data = std::get_if<libp2p::stream_data>(&event)) {
      if (data->id == inbound_)
        on_data(data->data);
    } else if (std::holds_alternative<libp2p::session_ready>(event)) {
      ready_ = true;
    } else if (const auto* in = std::get_if<libp2p::stream_accepted>(&event)) {
      inbound_ = in->id;
    } else if (std::holds_alternative<libp2p::stream_opened>(event)) {
      opened_ = true;
    }
  }

private:
  void on_data(bytes_view data) {
    for (;;) {
      const auto rpc = frames_.next(data);
      ended_ = ended_ || !rpc;
      if (!rpc || !*rpc)
        return;
      publishes_ = owner_.forward(*this, **rpc) || publishes_;
    }
  }

  forwarder& owner_;
  unique_fd socket_;
  libp2p::session session_;
  gossip::frame_reader frames_;
  std::optional<libp2p::stream_id> inbound_;
  std::optional<libp2p::stream_id> outbound_;
  // The session must not be called from its events: what they ask for.
  bool ready_ = false;
  bool opened_ = false;
  bool ended_ = false;
  bool publishes_ = false;
  // Encrypted, and not yet taken by the socket.
  bytes pending_;
  std::size_t written_ = 0;
};

forwarder::forwarder(std::shared_ptr<const libp2p::session_config> identity,
                     gossip::signing_policy policy, shared_bytes greeting)
    : identity_{std::move(identity)}, policy_{policy}, greeting_{std::move(
                                                           greeting)} {
  const auto any = libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0);
  auto listener = listen_on(endpoint::of(any).value());
  if (!listener)
    throw std::runtime_error{listener.error().reason};
  listener_ = std::move(*listener);
}

forwarder::~forwarder() = default;

void forwarder::accept() {
  while (auto accepted = accept_one(listener_.get()))
    peers_.push_back(std::make_unique<peer>(*this, std::move(accepted->first),
                                            accepted->second));
}

bool forwarder::carries_messages(bytes_view rpc) {
  if (rpc.empty() || rpc.front() != publish_tag)
    return false;
  if (policy_ == gossip::signing_policy::strict_no_sign)
    return true;
  if (!proto::decode_rpc(rpc, {}, rpc_))
    return false;
  for (const auto& one : rpc_.messages)
    if (!verifier_.verify(one, policy_))
      return false;
  return true;
}

bool forwarder::forward(const peer& from, bytes_view rpc) {
  if (!carries_messages(rpc))
    return false;
  const auto frame = framed(rpc);
  for (const auto& to : peers_)
    if (to.get() != &from)
      to->send(frame);
  return true;
}

void forwarder::write_all() {
  for (const auto& one : peers_)
    one->write();
  std::erase_if(peers_, [](const auto& one) { return one->ended(); });
}

bool forwarder::turn(int stop_fd) {
  bool held = false;
  for (const auto& one : peers_)
    held = held || one->waiting() > most_waiting;
  std::vector<pollfd> fds{{stop_fd, POLLIN, 0}, {listener_.get(), POLLIN, 0}};
  for (const auto& one : peers_) {
    // The others are read in any case: their windows must open again.
    const int in = held && one->publishes() ? 0 : POLLIN;
    const int out = one->has_output() ? POLLOUT : 0;
    fds.push_back({one->fd(), static_cast<short>(in | out), 0});
  }
  if (::poll(fds.data(), fds.size(), -1) < 0)
    throw std::runtime_error{"cannot wait for sockets"};
  // `accept` adds peers behind those that were polled.
  const auto polled = peers_.size();
  for (std::size_t i = 0; i < polled; ++i)
    if ((fds[i + 2].revents & (POLLIN | POLLERR | POLLHUP)) != 0)
      peers_[i]->read();
  write_all();
  if (fds[1].revents != 0)
    accept();
  return fds[0].revents == 0;
}

} // namespace grapevine::bench
