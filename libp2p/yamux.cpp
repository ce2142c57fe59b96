#include "libp2p/yamux.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

yamux::yamux(role who, const session_limits& limits, time_point now)
    : limits_{limits}, role_{who}, next_id_{who == role::dialer ? 1u : 2u},
      now_{now}, last_heard_{now}, last_ping_{now} {}

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
  auto* stream = find(id);
  if (stream == nullptr || stream->closing)
    return false;
  const auto before = stream->queue.size();
  stream->queue.push(std::move(data));
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
  // Whatever the other side sends shows that it is there, even when its pong
  // waits behind a long queue.
  if (waiting_ping_ && held_)
    return time_point::max();
  if (waiting_ping_)
    return std::max(last_ping_, last_heard_) + limits_.ping_timeout;
  return last_ping_ + limits_.ping_interval;
}

void yamux::hold(bool on, time_point now) {
  // Whatever arrived meanwhile has been heard as soon as it can be read.
  if (held_ && !on)
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

yamux_event yamux::fail(yamux_error why) {
  go_away(yamux_go_away::protocol_error);
  yamux_event event;
  event.what = yamux_event::kind::failed;
  event.error = why;
  return event;
}

// -- input --------------------------------------------------------------------

yamux_event yamux::read(bytes_view& in, time_point now) {
  now_ = now;
  if (!in.empty())
    last_heard_ = now;
  if (flooded_ && stage_ != stage::over)
    return fail(yamux_error::flood);
  for (;;) {
    yamux_event event;
    switch (stage_) {
    case stage::over:
      return {};
    case stage::header: {
      const auto size = std::min(yamux_header_size - partial_size_, in.size());
      std::copy_n(in.begin(), size, partial_.begin() + partial_size_);
      in = in.subspan(size);
      partial_size_ += size;
      if (partial_size_ < yamux_header_size)
        return {};
      partial_size_ = 0;
      event = on_header();
      break;
    }
    case stage::payload:
      if (remaining_ > 0 && in.empty())
        return {};
      event = on_payload(in, now);
      break;
    case stage::trailer:
      event = on_trailer();
      break;
    }
    if (event.what != yamux_event::kind::none)
      return event;
  }
}

yamux_event yamux::on_header() {
  const auto header = decode_yamux_header(partial_);
  if (!header)
    return fail(yamux_error::protocol);
  current_ = *header;
  switch (current_.type) {
  case yamux_type::data:
  case yamux_type::window_update:
    return on_stream_frame();
  case yamux_type::ping:
    return on_ping();
  case yamux_type::go_away:
    break;
  }
  drop_streams();
  control_.clear();
  stage_ = stage::over;
  yamux_event event;
  event.what = yamux_event::kind::go_away;
  event.code = current_.length;
  return event;
}

yamux_event yamux::on_stream_frame() {
  const bool is_data = current_.type == yamux_type::data;
  remaining_ = is_data ? current_.length : 0;
  stage_ = stage::payload;
  if (current_.has(yamux_flag::rst))
    return on_rst();
  yamux_event event;
  if (current_.has(yamux_flag::syn)) {
    event = on_syn();
    if (event.what == yamux_event::kind::failed)
      return event;
  }
  auto* stream = find(current_.stream);
  if (stream == nullptr)
    return event; // refused, or gone while this was on its way: drained
  if (current_.has(yamux_flag::ack) && !stream->inbound
      && stream->unacknowledged) {
    stream->unacknowledged = false;
    --unacknowledged_;
  }
  if (!is_data) {
    on_window_update(*stream);
    return event;
  }
  if (stream->fin_received && remaining_ > 0)
    return fail(yamux_error::protocol);
  if (!stream->receive_window.reserve(remaining_))
    return fail(yamux_error::window_overrun);
  return event;
}

yamux_event yamux::on_syn() {
  const auto id = current_.stream;
  if (id == 0 || is_ours(id) || find(id) != nullptr)
    return fail(yamux_error::protocol);
  if (inbound_ >= limits_.max_inbound_streams
      || unsent_acks_ >= limits_.max_ack_backlog) {
    if (!queue_control({yamux_type::window_update, yamux_flag::rst, id, 0}))
      return fail(yamux_error::flood);
    return {};
  }
  auto& stream = streams_[id];
  stream.id = id;
  stream.inbound = true;
  ++inbound_;
  ++unsent_acks_;
  schedule(stream);
  yamux_event event;
  event.what = yamux_event::kind::opened;
  event.stream = id;
  return event;
}

yamux_event yamux::on_rst() {
  // The length of a window update is an error code here, which nobody needs;
  // that of a data frame still counts bytes.
  auto* stream = find(current_.stream);
  if (stream == nullptr)
    return {};
  erase(*stream);
  yamux_event event;
  event.what = yamux_event::kind::reset;
  event.stream = current_.stream;
  return event;
}

void yamux::on_window_update(yamux_stream& stream) {
  // 64 bits: even 2^32 updates of the largest size do not overflow.
  stream.send_window += current_.length;
  schedule(stream);
}

yamux_event yamux::on_payload(bytes_view& in, time_point now) {
  if (remaining_ == 0) {
    stage_ = stage::trailer;
    return {};
  }
  const auto size = std::min<std::size_t>(remaining_, in.size());
  const auto data = in.first(size);
  in = in.subspan(size);
  remaining_ -= static_cast<std::uint32_t>(size);
  auto* stream = find(current_.stream);
  if (stream == nullptr || current_.has(yamux_flag::rst))
    return {};
  stream->receive_window.consume(size);
  if (stream->update_due()) {
    schedule(*stream);
    // The window's size depends on the round trip: learn it once it matters.
    if (!waiting_ping_ && round_trip_.count() == 0)
      send_ping(now);
  }
  yamux_event event;
  event.what = yamux_event::kind::data;
  event.stream = current_.stream;
  event.data = data;
  return event;
}

yamux_event yamux::on_trailer() {
  stage_ = stage::header;
  auto* stream = find(current_.stream);
  if (!current_.has(yamux_flag::fin) || current_.has(yamux_flag::rst)
      || stream == nullptr || stream->fin_received)
    return {};
  stream->fin_received = true;
  if (stream->finished())
    erase(*stream);
  else
    schedule(*stream);
  yamux_event event;
  event.what = yamux_event::kind::ended;
  event.stream = current_.stream;
  return event;
}

yamux_event yamux::on_ping() {
  stage_ = stage::header;
  const auto value = current_.length;
  if (current_.has(yamux_flag::syn)) {
    if (!queue_control({yamux_type::ping, yamux_flag::ack, 0, value}))
      return fail(yamux_error::flood);
    return {};
  }
  if (!current_.has(yamux_flag::ack) || waiting_ping_ != value)
    return {};
  waiting_ping_.reset();
  round_trip_ = std::max<std::chrono::nanoseconds>(now_ - last_ping_,
                                                   std::chrono::nanoseconds{1});
  yamux_event event;
  event.what = yamux_event::kind::pong;
  event.round_trip = round_trip_;
  return event;
}

} // namespace grapevine::libp2p
