#include "actors/host/connection.hpp"

#include <array>
#include <cstring>

namespace grapevine {

namespace {

// One read, and about one turn's output: a record at its largest. Buffers of
// the thread, not of the connection: thousands of idle peers then cost nothing.
constexpr std::size_t read_size = std::size_t{64} * 1024;
constexpr std::size_t write_size = std::size_t{64} * 1024;

std::array<std::uint8_t, read_size>& read_buffer() {
  thread_local std::array<std::uint8_t, read_size> buffer;
  return buffer;
}

bytes& write_buffer() {
  thread_local bytes buffer;
  buffer.clear();
  return buffer;
}

} // namespace

connection::connection(byte_stream_ptr stream, libp2p::session session,
                       libp2p::role who, libp2p::multiaddr remote)
    : stream_{std::move(stream)}, session_{std::move(session)}, role_{who},
      remote_{std::move(remote)} {}

void connection::read(std::size_t budget, time_point now,
                      libp2p::session_observer& observer) {
  auto& buffer = read_buffer();
  for (std::size_t taken = 0; taken < budget && !ended();) {
    const auto got = stream_->read(buffer);
    if (got.status == io_status::would_block)
      return;
    if (got.status == io_status::end)
      return fail("closed by the peer");
    if (got.status == io_status::failed)
      return fail(std::strerror(got.error));
    taken += got.size;
    received_ += got.size;
    session_.receive_in_place(std::span{buffer}.first(got.size), now, observer);
    // A short read means that the socket is empty: asking again would only
    // cost a call.
    if (got.size < buffer.size())
      return;
  }
}

void connection::write() {
  if (stream_ended_ || !write_pending())
    return;
  while (session_.has_output()) {
    auto& out = write_buffer();
    session_.take_output(out, write_size);
    if (out.empty())
      return;
    const auto sent = stream_->write(out);
    if (sent.status == io_status::failed)
      return fail(std::strerror(sent.error));
    taken_ += sent.size;
    if (sent.size < out.size())
      return keep_unwritten(bytes_view{out}.subspan(sent.size));
  }
}

bool connection::write_pending() {
  while (written_ < pending_.size()) {
    const auto sent = stream_->write(bytes_view{pending_}.subspan(written_));
    if (sent.status == io_status::failed) {
      fail(std::strerror(sent.error));
      return false;
    }
    if (sent.status == io_status::would_block)
      return false;
    written_ += sent.size;
    taken_ += sent.size;
  }
  // Freed, not cleared: a peer that is idle again holds no buffer.
  bytes{}.swap(pending_);
  written_ = 0;
  return true;
}

void connection::keep_unwritten(bytes_view data) {
  pending_.assign(data.begin(), data.end());
  written_ = 0;
}

void connection::on_ready(const socket_ready& msg) noexcept {
  armed_read_ = armed_write_ = false;
  confirmed_ = confirmed_ || (!msg.readable && !msg.writable);
}

void connection::arm(bool read) {
  const bool write = has_output();
  if (!confirmed_ || ended() || (read == armed_read_ && write == armed_write_))
    return;
  stream_->arm(read, write);
  armed_read_ = read;
  armed_write_ = write;
}

void connection::assign(const socket_owner& owner) {
  confirmed_ = armed_read_ = armed_write_ = false;
  stream_->assign(owner);
}

bool connection::ended() const noexcept {
  return stream_ended_ || session_.closed();
}

void connection::fail(std::string reason) {
  explain(std::move(reason));
  stream_ended_ = true;
}

void connection::explain(std::string reason) {
  if (reason_.empty())
    reason_ = std::move(reason);
}

void event_recorder::on_event(const libp2p::session_event& event) {
  bytes data;
  if (const auto* arrived = std::get_if<libp2p::stream_data>(&event))
    data = to_bytes(arrived->data);
  events_.emplace_back(event, std::move(data));
}

void event_recorder::replay(libp2p::session_observer& observer) {
  const auto events = std::exchange(events_, {});
  for (const auto& [event, data] : events) {
    if (const auto* arrived = std::get_if<libp2p::stream_data>(&event))
      observer.on_event(libp2p::stream_data{arrived->id, data});
    else
      observer.on_event(event);
  }
}

std::string event_recorder::close_reason() const {
  const auto why = closed_for();
  return why ? to_string(*why) : "closed";
}

std::optional<libp2p::session_error> event_recorder::closed_for() const {
  for (const auto& [event, data] : events_)
    if (const auto* closed = std::get_if<libp2p::session_closed>(&event))
      return closed->why;
  return std::nullopt;
}

} // namespace grapevine
