#include "app/http/session.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::app::http {

session::session(const limits& l, admit judge, time_point now)
    : limits_{l}, admit_{std::move(judge)}, reader_{l.reader},
      stuck_since_{now}, idle_since_{now}, taken_at_{now}, linger_until_{now} {}

// -- in -----------------------------------------------------------------------

bool session::wants_input() const noexcept {
  if (input_ended_ || finished())
    return false;
  // What comes now is thrown away.
  if (state_ == state::closing)
    return true;
  // Each ping has an answer.
  if (websocket_)
    return output().size() < limits_.output_bytes;
  // A body is read as it comes; of further requests, a few.
  return reader_.waiting() < limits_.reader.header_bytes;
}

void session::receive(std::string_view data, time_point now) {
  if (state_ == state::closing || finished())
    return;
  if (websocket_)
    return hear(data, now);
  reader_.receive(data);
  read_on(now);
}

void session::hear(std::string_view frames, time_point now) {
  websocket_->receive(frames);
  say(websocket_->take_output(), now);
  if (websocket_->is_closed())
    close(now);
}

void session::end_of_input() {
  input_ended_ = true;
  // Whoever waits for an answer may well have said all; who reads a stream and
  // closes has gone.
  const bool done = (state_ == state::reading || state_ == state::closing)
                    && output().empty();
  if (done || state_ == state::streaming)
    state_ = state::ended;
}

// -- requests -----------------------------------------------------------------

void session::read_on(time_point now) {
  while (state_ == state::reading && output().size() < limits_.output_bytes) {
    switch (reader_.next()) {
    case request_reader::found::nothing:
      if (!reader_.is_amid())
        began_.reset();
      else if (!began_)
        began_ = now;
      if (input_ended_)
        close(now);
      return;
    case request_reader::found::head:
      if (!began_)
        began_ = now;
      head_came_ = true;
      judge_head(now);
      break;
    case request_reader::found::request:
      state_ = state::ready;
      break;
    case request_reader::found::error:
      close_with(reader_.error(), now);
      break;
    }
  }
}

void session::judge_head(time_point now) {
  is_head_ = reader_.head().method == "HEAD";
  auto judged = admit_(reader_.head());
  // Its body is not read.
  if (judged.refusal && reader_.has_body())
    return close_with(*judged.refusal, now);
  refusal_ = std::move(judged.refusal);
  reader_.allow_body(judged.body_limit);
  if (reader_.expects_continue() && reader_.waiting() == 0)
    say("HTTP/1.1 100 Continue\r\n\r\n", now);
}

std::optional<request> session::take(time_point now) {
  while (state_ == state::ready) {
    auto taken = reader_.take();
    keep_alive_ = taken.keep_alive;
    is_head_ = taken.method == "HEAD";
    chunked_ = reader_.is_http11();
    began_.reset();
    head_came_ = false;
    state_ = state::answering;
    taken_at_ = now;
    if (!refusal_)
      return taken;
    answer(*std::exchange(refusal_, std::nullopt), now);
  }
  return std::nullopt;
}

void session::answer(const response& with, time_point now) {
  if (state_ != state::answering)
    return;
  say(to_wire(with, keep_alive_, !is_head_), now);
  request_done(now);
}

void session::request_done(time_point now) {
  if (!keep_alive_)
    return close(now);
  state_ = state::reading;
  idle_since_ = now;
  read_on(now);
}

void session::begin_stream(std::string_view content_type, time_point now) {
  if (state_ != state::answering)
    return;
  say(stream_head(content_type, chunked_), now);
  state_ = state::streaming;
  if (is_head_)
    close(now);
}

void session::begin_websocket(std::string_view key, time_point now) {
  if (state_ != state::answering)
    return;
  say(websocket_head(key), now);
  state_ = state::streaming;
  chunked_ = false;
  websocket_ = std::make_unique<websocket>();
  hear(reader_.take_rest(), now);
}

void session::stream(std::string_view data, time_point now) {
  // An empty chunk would be the last one.
  if (state_ != state::streaming || data.empty())
    return;
  if (chunked_)
    say(chunk_head(data.size()), now);
  say(data, now);
  if (chunked_)
    say(chunk_end, now);
}

void session::end_stream(time_point now) {
  if (state_ != state::streaming)
    return;
  if (chunked_)
    say(last_chunk, now);
  if (websocket_) {
    websocket_->close(close_code::going_away, "the stream ends");
    say(websocket_->take_output(), now);
  }
  close(now);
}

void session::abandon(time_point now) {
  if (finished())
    return;
  std::string{}.swap(output_);
  sent_ = 0;
  close(now);
}

void session::finish(time_point now) {
  constexpr std::chrono::milliseconds patience{300};
  limits_.linger_time = std::min(limits_.linger_time, patience);
  limits_.write_time = std::min(limits_.write_time, patience);
  stuck_since_ = now;
  linger_until_ = std::min(linger_until_, now + patience);
  switch (state_) {
  case state::streaming:
    return end_stream(now);
  case state::ready:
  case state::answering:
    keep_alive_ = false;
    state_ = state::answering;
    return answer(problem(503, "the node is stopping"), now);
  case state::reading:
    // Whoever asks nothing waits for nothing.
    state_ = output().empty() ? state::ended : state::closing;
    return;
  case state::closing:
  case state::ended:
    return;
  }
}

// -- out ----------------------------------------------------------------------

void session::say(std::string_view wire, time_point now) {
  if (output().empty())
    stuck_since_ = now;
  output_.append(wire);
}

void session::close_with(const response& last, time_point now) {
  say(to_wire(last, false, !is_head_), now);
  close(now);
}

void session::close(time_point now) {
  linger_until_ = now + limits_.linger_time;
  state_ = input_ended_ && output().empty() ? state::ended : state::closing;
}

void session::sent(std::size_t count, time_point now) {
  sent_ += count;
  if (count > 0)
    stuck_since_ = now;
  if (sent_ == output_.size()) {
    // Freed, not cleared: an idle connection holds no buffer.
    if (output_.capacity() > limits_.output_bytes)
      std::string{}.swap(output_);
    output_.clear();
    sent_ = 0;
  } else if (sent_ > limits_.output_bytes) {
    output_.erase(0, sent_);
    sent_ = 0;
  }
  if (state_ == state::closing && output().empty()) {
    linger_until_ = now + limits_.linger_time;
    if (input_ended_)
      state_ = state::ended;
  }
  read_on(now);
}

bool session::said_all() const noexcept {
  return state_ == state::closing && output().empty();
}

// -- time ---------------------------------------------------------------------

time_point session::deadline() const noexcept {
  auto next = time_point::max();
  if (finished())
    return next;
  if (!output().empty())
    next = stuck_since_ + limits_.write_time;
  else if (state_ == state::closing)
    next = linger_until_;
  else if (state_ == state::answering)
    next = taken_at_ + limits_.answer_time;
  // Not while it is we who do not read on.
  if (state_ == state::reading && output().size() < limits_.output_bytes)
    next = std::min(next, !began_      ? idle_since_ + limits_.idle_time
                          : head_came_ ? *began_ + limits_.body_time
                                       : *began_ + limits_.head_time);
  return next;
}

void session::tick(time_point now) {
  if (deadline() > now)
    return;
  const bool takes_nothing =
      !output().empty() && stuck_since_ + limits_.write_time <= now;
  // An answer that comes later is nobody's.
  if (state_ == state::answering && !takes_nothing)
    close_with(problem(503, "the node does not answer"), now);
  else if (takes_nothing || state_ != state::reading || !began_)
    state_ = state::ended;
  else
    close_with(problem(408, "the request did not arrive in time"), now);
}

} // namespace grapevine::app::http
