#include "tests/bench/load_peer.hpp"

#include "actors/context.hpp"
#include "gossip/protocol.hpp"
#include "tests/bench/message_pool.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

namespace grapevine::bench {

namespace {

constexpr std::size_t read_size = 128 * 1024;
constexpr std::size_t write_size = 64 * 1024;

std::string pubsub_protocol() {
  return std::string{gossip::protocol_id(gossip::version::v1_1)};
}

unique_fd dial(const endpoint& relay) {
  auto socket = start_connect(relay);
  if (!socket)
    throw std::runtime_error{socket.error().reason};
  return std::move(*socket);
}

} // namespace

std::shared_ptr<const libp2p::session_config>
load_identity(std::uint32_t number, libp2p::security_kind security) {
  auto result = libp2p::make_session_config(numbered_key(number), random_seed,
                                            wall_time, {&security, 1});
  result.inbound_protocols = {pubsub_protocol()};
  result.agent_version = "grapevine-bench";
  result.protocol_version = "bench";
  return std::make_shared<const libp2p::session_config>(std::move(result));
}

shared_bytes load_greeting(std::size_t topics, bool graft, std::size_t first) {
  std::vector<proto::subscription> subscriptions;
  proto::control control;
  for (auto i = first; i < first + topics; ++i) {
    subscriptions.push_back({topic_name(i), true, false, false});
    if (graft)
      control.grafts.push_back(topic_name(i));
  }
  std::vector<bytes> frames;
  proto::encode_frames(subscriptions, control, proto::control_frame_size,
                       frames);
  // One write, however many frames that are.
  bytes all;
  for (const auto& frame : frames)
    all.insert(all.end(), frame.begin(), frame.end());
  return std::make_shared<const bytes>(std::move(all));
}

load_peer::load_peer(std::shared_ptr<const libp2p::session_config> identity,
                     const endpoint& relay, shared_bytes greeting,
                     rpc_handler on_rpc)
    : socket_{dial(relay)}, session_{std::move(identity),
                                     libp2p::role::dialer,
                                     relay.to_multiaddr(),
                                     std::nullopt,
                                     random_seed(),
                                     time_point::clock::now()},
      greeting_{std::move(greeting)}, on_rpc_{std::move(on_rpc)} {}

void load_peer::on_readable(time_point now) {
  static std::array<std::uint8_t, read_size> buffer;
  const auto got = read_some(fd(), buffer);
  if (got.status == io_status::end)
    failure_ = "closed by the relay";
  else if (got.status == io_status::failed)
    failure_ = std::strerror(got.error);
  else if (got.status == io_status::done)
    session_.receive_in_place(std::span{buffer}.first(got.size), now, *this);
  follow_up(now);
  flush();
}

void load_peer::on_event(const libp2p::session_event& event) {
  if (const auto* data = std::get_if<libp2p::stream_data>(&event)) {
    if (data->id == inbound_)
      on_data(data->data);
  } else if (std::holds_alternative<libp2p::session_ready>(event)) {
    must_open_ = true;
  } else if (const auto* in = std::get_if<libp2p::stream_accepted>(&event)) {
    inbound_ = in->id;
    inbound_open_ = true;
  } else if (std::holds_alternative<libp2p::stream_opened>(event)) {
    must_greet_ = true;
  } else if (std::holds_alternative<libp2p::peer_identified>(event)) {
    identified_ = true;
  } else if (std::holds_alternative<libp2p::stream_refused>(event)) {
    failure_ = "the relay refused the pubsub stream";
  } else if (std::holds_alternative<libp2p::stream_reset>(event)) {
    failure_ = "the relay reset a stream";
  } else if (const auto* end = std::get_if<libp2p::session_closed>(&event)) {
    failure_ = to_string(end->why);
  }
}

void load_peer::on_data(bytes_view data) {
  for (;;) {
    const auto frame = frames_.next(data);
    if (!frame)
      failure_ = "the relay sent a malformed frame";
    if (!frame || !*frame)
      return;
    greeted_ = true;
    on_rpc_(**frame);
  }
}

void load_peer::follow_up(time_point now) {
  if (std::exchange(must_open_, false))
    outbound_ = session_.open_stream({pubsub_protocol()}, now);
  if (!std::exchange(must_greet_, false))
    return;
  session_.write(*outbound_, std::move(greeting_));
  outbound_open_ = true;
}

void load_peer::send(shared_bytes frame) {
  session_.write(*outbound_, std::move(frame));
}

std::size_t load_peer::buffered() const {
  return pending_.size() - written_
         + (outbound_ ? session_.buffered(*outbound_) : 0);
}

void load_peer::flush() {
  while (failure_.empty() && write_pending() && session_.has_output()) {
    pending_.clear();
    written_ = 0;
    session_.take_output(pending_, write_size);
  }
}

/// Whether nothing is left of what was encrypted.
bool load_peer::write_pending() {
  while (written_ < pending_.size()) {
    const auto sent = write_some(fd(), bytes_view{pending_}.subspan(written_));
    if (sent.status == io_status::failed)
      failure_ = std::strerror(sent.error);
    if (sent.status != io_status::done)
      return false;
    written_ += sent.size;
  }
  return true;
}

void load_peer::tick(time_point now) {
  if (session_.next_tick() <= now)
    session_.tick(now, *this);
  flush();
}

} // namespace grapevine::bench
