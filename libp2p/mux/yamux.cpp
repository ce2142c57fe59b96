#include "libp2p/mux/yamux.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

yamux::yamux(role who, const session_limits& limits, time_point now,
             std::chrono::nanoseconds first_ping)
    : limits_{limits}, role_{who}, next_id_{who == role::dialer ? 1u : 2u},
      now_{now}, last_heard_{now}, last_ping_{now}, first_ping_{now
                                                                + first_ping} {}

bool yamux::is_ours(stream_id id) const noexcept {
  return (id % 2 == 1) == (role_ == role::dialer);
}

yamux_stream* yamux::find(stream_id id) {
  const auto found = streams_.find(id);
  return found != streams_.end() ? &found->second : nullptr;
}

void yamux::schedule(yamux_stream& stream) {
  if (stream.sendable())
    turns_.push(stream);
  else
    turns_.remove(stream);
}

void yamux::erase(yamux_stream& stream) {
  turns_.remove(stream);
  queued_ -= stream.queue.size();
  if (stream.inbound) {
    --inbound_;
    unsent_acks_ -= stream.hello_pending ? 1 : 0;
  } else {
    unacknowledged_ -= stream.unacknowledged ? 1 : 0;
  }
  streams_.erase(stream.id);
}

void yamux::drop_streams() {
  while (turns_.pop() != nullptr) {
  }
  streams_.clear();
  inbound_ = 0;
  unacknowledged_ = 0;
  unsent_acks_ = 0;
  queued_ = 0;
}

// -- streams ------------------------------------------------------------------

std::optional<stream_id> yamux::open() {
  if (stage_ == stage::over || next_id_ > 0xFFFF'FFFDu
      || streams_.size() - inbound_ >= limits_.max_outbound_streams
      || unacknowledged_ >= limits_.max_ack_backlog)
    return std::nullopt;
  const auto id = next_id_;
  next_id_ += 2;
  auto& stream = streams_[id];
  stream.id = id;
  ++unacknowledged_;
  schedule(stream);
  return id;
}

bool yamux::write(stream_id id, shared_bytes data) {
  return write(id, std::span{&data, 1});
}

bool yamux::write(stream_id id, std::span<shared_bytes> data) {
  auto* stream = find(id);
  if (stream == nullptr || stream->closing)
    return false;
  const auto before = stream->queue.size();
  stream->queue.expect(data.size());
  for (auto& one : data)
    stream->queue.push(std::move(one));
  queued_ += stream->queue.size() - before;
  schedule(*stream);
  return true;
}

void yamux::close(stream_id id) {
  if (auto* stream = find(id)) {
    stream->closing = true;
    schedule(*stream);
  }
}

bool yamux::reset(stream_id id) {
  auto* stream = find(id);
  if (stream == nullptr)
    return false;
  const bool unknown_there = !stream->inbound && stream->hello_pending;
  erase(*stream);
  if (!unknown_there)
    queue_control({yamux_type::window_update, yamux_flag::rst, id, 0});
  return true;
}

std::size_t yamux::buffered(stream_id id) const {
  const auto found = streams_.find(id);
  return found != streams_.end() ? found->second.queue.size() : 0;
}

// -- connection ---------------------------------------------------------------

bool yamux::queue_control(const yamux_header& header) {
  if (control_.size() + yamux_header_size > limits_.max_reply_buffered) {
    flooded_ = true;
    return false;
  }
  append_yamux_header(control_, header);
  return true;
}

void yamux::send_ping(time_point now) {
  // Not an answer, and never more than one: it needs no bound.
  waiting_ping_ = next_ping_++;
  append_yamux_header(control_,
                      {yamux_type::ping, yamux_flag::syn, 0, *waiting_ping_});
  last_ping_ = now;
  first_ping_.reset();
  unanswered_.start(now);
}

bool yamux::keep_alive(time_point now) {
  now_ = now;
  if (stage_ == stage::over || now < next_keep_alive())
    return true;
  if (waiting_ping_)
    return false;
  send_ping(now);
  return true;
}

time_point yamux::next_keep_alive() const noexcept {
  if (!waiting_ping_)
    return next_ping_due();
  if (held_)
    return time_point::max();
  if (probed_)
    return probe_end();
  // Whatever the other side sends shows that it is there, even when its pong
  // waits behind a long queue. But who speaks and never reads would be kept for
  // ever.
  return std::min(
      std::max(last_ping_, last_heard_) + limits_.ping_timeout,
      unanswered_.due(std::max(limits_.pong_excuse, limits_.ping_timeout)));
}

// Whatever was heard shows that the other side is there: it is asked again only
// once it is silent, or, as it may speak and never read, after some intervals.
// Of two idle sides the dialer is silent for less long, so that one pings for
// both.
time_point yamux::next_ping_due() const noexcept {
  const auto interval = limits_.ping_interval;
  const auto silence =
      role_ == role::dialer ? interval - interval / 8 : interval;
  return std::min({std::max(last_ping_, last_heard_) + silence,
                   last_ping_ + 4 * interval,
                   first_ping_.value_or(time_point::max())});
}

void yamux::probe(time_point now, std::chrono::nanoseconds timeout) {
  if (stage_ == stage::over)
    return;
  if (!waiting_ping_)
    send_ping(now);
  probed_ = now;
  probe_timeout_ = timeout;
}

time_point yamux::probe_end() const noexcept {
  return std::min(std::max(*probed_, last_heard_) + probe_timeout_,
                  *probed_ + limits_.pong_excuse);
}

void yamux::hold(bool on, time_point now) {
  if (held_ == on)
    return;
  unanswered_.excuse(on, now);
  // Whatever arrived meanwhile has been heard as soon as it can be read.
  if (!on)
    last_heard_ = now;
  held_ = on;
}

void yamux::go_away(yamux_go_away code) {
  if (stage_ == stage::over)
    return;
  stage_ = stage::over;
  leaving_ = code;
  if (code != yamux_go_away::normal) {
    drop_streams();
    control_.clear();
  }
}

} // namespace grapevine::libp2p
