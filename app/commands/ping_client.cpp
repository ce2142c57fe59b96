#include "app/commands/ping_client.hpp"

#include "actors/context.hpp"
#include "app/client/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <poll.h>
#include <utility>

namespace grapevine::app {

namespace {

using libp2p::multiaddr;

constexpr std::size_t read_size = std::size_t{16} * 1024;
constexpr std::size_t write_size = std::size_t{64} * 1024;

// Milliseconds left, rounded up so that poll does not spin at the end.
int left_until(ping_client::clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - ping_client::clock::now());
  return static_cast<int>(
      std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
}

// Waits for the descriptor, the flag or the time.
short wait_for(int fd, short events, const stop_flag& stop,
               ping_client::clock::time_point until) {
  std::array<pollfd, 2> watched{{{fd, events, 0}, {stop.fd(), POLLIN, 0}}};
  if (::poll(watched.data(), watched.size(), left_until(until)) <= 0)
    return 0;
  return watched[0].revents;
}

} // namespace

ping_client::~ping_client() {
  if (!session_ || !closed_.empty())
    return;
  session_->close();
  static_cast<void>(write());
}

outcome<void> ping_client::connect(const multiaddr& address,
                                   std::chrono::milliseconds timeout) {
  const auto until = clock::now() + timeout;
  if (auto connected = connect_socket(address, until); !connected)
    return connected;
  begin_session(address.without_peer(), address.peer());
  const auto ready = run_until(until, [this] { return session_->ready(); });
  if (!ready) {
    const auto problem = session_->handshake_problem();
    return runtime_error(ready.error().text
                         + (problem.empty() ? "" : ": " + problem));
  }
  if (!*ready)
    return runtime_error("the handshake took too long");
  return {};
}

outcome<void> ping_client::connect_socket(const multiaddr& address,
                                          clock::time_point until) {
  const auto places = resolve_address(address);
  if (!places)
    return runtime_error(places.error());
  std::string problem = "the name has no address";
  for (const auto& place : *places) {
    auto fd = start_connect(place);
    if (!fd) {
      problem = fd.error().reason;
      continue;
    }
    const bool decided = wait_for(fd->get(), POLLOUT, stop_, until) != 0;
    const int code = decided ? connect_result(fd->get()) : ETIMEDOUT;
    if (code == 0) {
      fd_ = std::move(*fd);
      return {};
    }
    problem = "cannot connect to " + place.to_multiaddr().to_text() + ": "
              + std::strerror(code);
  }
  return runtime_error(problem);
}

void ping_client::begin_session(
    const multiaddr& remote, const std::optional<libp2p::peer_id>& expected) {
  auto config =
      std::make_shared<libp2p::session_config>(libp2p::make_session_config(
          libp2p::private_key::generate(), random_seed, wall_time));
  config->agent_version = default_agent_version();
  config->protocol_version = "ipfs/0.1.0";
  config->network = network_;
  const auto seed = random_seed();
  session_.emplace(std::move(config), libp2p::role::dialer, remote, expected,
                   seed, clock::now());
}

outcome<std::chrono::nanoseconds>
ping_client::ping(std::chrono::milliseconds timeout) {
  const auto until = clock::now() + timeout;
  for (;;) {
    if (auto opened = open_stream(until); !opened)
      return unexpected{opened.error()};
    const bool used = std::exchange(stream_->used, true);
    const auto sent = clock::now();
    if (auto asked = send_ping(until); !asked)
      return unexpected{asked.error()};
    if (stream_->echoed)
      return clock::now() - sent;
    // Its end may have been on its way when the ping went out.
    if (!used)
      return runtime_error("the peer has closed the ping stream");
  }
}

// There is one that the peer has not ended.
outcome<void> ping_client::open_stream(clock::time_point until) {
  if (stream_ && stream_->over) {
    session_->close_stream(stream_->id);
    stream_.reset();
  }
  if (!stream_) {
    const auto id = session_->open_stream({std::string{libp2p::ping_protocol}},
                                          clock::now());
    if (!id)
      return runtime_error("the peer takes no more streams");
    stream_.emplace(ping_stream{*id});
  }
  const auto opened = run_until(until, [this] { return stream_->opened; });
  if (!opened)
    return unexpected{opened.error()};
  return *opened ? outcome<void>{} : runtime_error("no answer in time");
}

// Until its echo is there or the stream over.
outcome<void> ping_client::send_ping(clock::time_point until) {
  bytes request;
  stream_->echoed = false;
  stream_->requester.send(random_seed(), request);
  session_->write(stream_->id,
                  std::make_shared<const bytes>(std::move(request)));
  const auto answered =
      run_until(until, [this] { return stream_->echoed || stream_->over; });
  if (!answered)
    return unexpected{answered.error()};
  return *answered ? outcome<void>{} : runtime_error("no answer in time");
}

outcome<void> ping_client::idle(std::chrono::milliseconds time) {
  const auto over = run_until(clock::now() + time, [] { return false; });
  return over ? outcome<void>{} : unexpected{over.error()};
}

// Moves bytes until `done` or the time is over; whether it is done.
template <class Done>
outcome<bool> ping_client::run_until(clock::time_point until, Done done) {
  while (!done()) {
    if (stop_.raised() || clock::now() >= until)
      return false;
    if (auto moved = exchange(until); !moved)
      return unexpected{moved.error()};
  }
  return true;
}

outcome<void> ping_client::exchange(clock::time_point until) {
  if (auto written = write(); !written)
    return written;
  const short events = pending_.empty() ? POLLIN : POLLIN | POLLOUT;
  const auto due = std::min(until, session_->next_tick());
  const auto ready = wait_for(fd_.get(), events, stop_, due);
  if ((ready & ~POLLOUT) != 0) {
    std::array<std::uint8_t, read_size> buffer;
    const auto got = read_some(fd_.get(), buffer);
    if (got.status == io_status::end)
      closed_ = "the peer has closed the connection";
    else if (got.status == io_status::failed)
      closed_ = std::strerror(got.error);
    else
      session_->receive_in_place(std::span{buffer}.first(got.size),
                                 clock::now(), *this);
  }
  session_->tick(clock::now(), *this);
  return closed_.empty() ? outcome<void>{} : runtime_error(closed_);
}

outcome<void> ping_client::write() {
  if (pending_.empty())
    session_->take_output(pending_, write_size);
  if (pending_.empty())
    return {};
  const auto sent = write_some(fd_.get(), pending_);
  if (sent.status == io_status::failed)
    return runtime_error(std::strerror(sent.error));
  pending_.erase(pending_.begin(),
                 pending_.begin() + static_cast<std::ptrdiff_t>(sent.size));
  return {};
}

void ping_client::on_event(const libp2p::session_event& event) {
  const auto is_ours = [&](libp2p::stream_id id) {
    return stream_ && stream_->id == id;
  };
  if (const auto* opened = std::get_if<libp2p::stream_opened>(&event)) {
    if (is_ours(opened->id))
      stream_->opened = true;
  } else if (std::holds_alternative<libp2p::stream_refused>(event)) {
    closed_ = "the peer does not answer pings";
  } else if (const auto* data = std::get_if<libp2p::stream_data>(&event)) {
    if (is_ours(data->id))
      on_data(*data);
  } else if (const auto* over = std::get_if<libp2p::session_closed>(&event)) {
    closed_ = to_string(over->why);
  } else if (const auto* end = std::get_if<libp2p::stream_ended>(&event)) {
    if (is_ours(end->id))
      stream_->over = true;
  } else if (const auto* reset = std::get_if<libp2p::stream_reset>(&event)) {
    if (is_ours(reset->id))
      stream_->over = true;
  }
}

void ping_client::on_data(const libp2p::stream_data& event) {
  stream_->echoed = stream_->requester.feed(event.data) || stream_->echoed;
  if (stream_->requester.state() == libp2p::ping_state::failed)
    closed_ = "the peer has answered with something else than the ping";
}

} // namespace grapevine::app
