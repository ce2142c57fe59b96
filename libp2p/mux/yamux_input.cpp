// The receiving half of yamux: from bytes to frames to events.
#include "libp2p/mux/yamux.hpp"

#include <algorithm>

namespace grapevine::libp2p {

yamux_event yamux::fail(yamux_error why) {
  go_away(yamux_go_away::protocol_error);
  yamux_event event;
  event.what = yamux_event::kind::failed;
  event.error = why;
  return event;
}

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
    case stage::header:
      if (!collect_header(in))
        return {};
      event = on_header();
      break;
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

bool yamux::collect_header(bytes_view& in) {
  const auto size = std::min(yamux_header_size - partial_size_, in.size());
  std::copy_n(in.begin(), size, partial_.begin() + partial_size_);
  in = in.subspan(size);
  partial_size_ += size;
  if (partial_size_ < yamux_header_size)
    return false;
  partial_size_ = 0;
  return true;
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
  probed_.reset();
  unanswered_.stop();
  round_trip_ = std::max<std::chrono::nanoseconds>(now_ - last_ping_,
                                                   std::chrono::nanoseconds{1});
  yamux_event event;
  event.what = yamux_event::kind::pong;
  event.round_trip = round_trip_;
  return event;
}

} // namespace grapevine::libp2p
