#include "libp2p/session/session.hpp"

#include "libp2p/session/session_impl.hpp"

#include <utility>

namespace grapevine::libp2p {

std::string to_string(session_error code) {
  switch (code) {
  case session_error::wrong_network:
    return "the other side does not hold this private network's key";
  case session_error::no_common_protocol:
    return "no common protocol";
  case session_error::bad_negotiation:
    return "malformed protocol negotiation";
  case session_error::bad_handshake:
    return "handshake failed";
  case session_error::wrong_peer:
    return "another peer than expected";
  case session_error::self_dial:
    return "the peer is this node itself";
  case session_error::bad_record:
    return "a record did not authenticate";
  case session_error::bad_frame:
    return "multiplexer protocol error";
  case session_error::limit_exceeded:
    return "limit exceeded";
  case session_error::handshake_timeout:
    return "handshake timed out";
  case session_error::ping_timeout:
    return "peer does not answer";
  case session_error::go_away:
    return "peer closed the connection";
  }
  return "unknown session error";
}

session::session(std::shared_ptr<const session_config> config, role who,
                 multiaddr remote, std::optional<peer_id> expected,
                 std::span<const std::uint8_t, 32> ephemeral_seed,
                 time_point now)
    : impl_{std::make_unique<impl>(std::move(config), who, std::move(remote),
                                   expected, ephemeral_seed, now)} {}

session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;
session::~session() = default;

void session::set_listen_addrs(std::vector<multiaddr> addrs,
                               bytes signed_record) {
  impl_->set_listen_addrs(std::move(addrs), std::move(signed_record));
}

void session::receive(bytes_view data, time_point now,
                      session_observer& observer) {
  impl_->receive(data, {}, now, observer);
}

void session::receive_in_place(std::span<std::uint8_t> data, time_point now,
                               session_observer& observer) {
  impl_->receive(data, data, now, observer);
}

void session::hold(bool on, time_point now) {
  if (auto* streams = impl_->streams())
    streams->mux().hold(on, now);
}

void session::probe(time_point now, std::chrono::nanoseconds timeout) {
  if (auto* streams = impl_->streams())
    streams->mux().probe(now, timeout);
}

void session::tick(time_point now, session_observer& observer) {
  impl_->tick(now, observer);
}

time_point session::next_tick() const {
  return impl_->next_tick();
}

std::optional<stream_id>
session::open_stream(std::vector<std::string> protocols, time_point now) {
  auto* streams = impl_->streams();
  return streams != nullptr ? streams->open(std::move(protocols), now)
                            : std::nullopt;
}

void session::write(stream_id id, shared_bytes data) {
  if (auto* streams = impl_->streams())
    streams->write(id, std::move(data));
}

void session::write(stream_id id, std::span<shared_bytes> data) {
  if (auto* streams = impl_->streams())
    streams->write(id, data);
}

std::size_t session::buffered(stream_id id) const {
  const auto* streams = impl_->streams();
  return streams != nullptr ? streams->mux().buffered(id) : 0;
}

void session::close_stream(stream_id id) {
  if (auto* streams = impl_->streams())
    streams->close(id);
}

void session::reset_stream(stream_id id) {
  if (auto* streams = impl_->streams())
    streams->reset(id);
}

void session::close() {
  impl_->close();
}

void session::take_output(bytes& out, std::size_t budget) {
  impl_->take_output(out, budget);
}

bool session::has_output() const {
  return impl_->has_output();
}

std::string session::handshake_problem() const {
  return impl_->handshake_problem();
}

bool session::ready() const noexcept {
  return impl_->streams() != nullptr;
}

bool session::closed() const noexcept {
  return impl_->closed();
}

const peer_id& session::remote_peer() const noexcept {
  return impl_->remote_peer();
}

} // namespace grapevine::libp2p
