#include "actors/host/coarse_deadline.hpp"
#include "actors/host/link_limits.hpp"
#include "actors/host/peer_links.hpp"

#include <algorithm>

// The deadlines of a peer's connections, and their end.

namespace grapevine {

// -- deadlines ----------------------------------------------------------------

std::chrono::milliseconds peer_links::write_patience() const {
  auto result = ctx_->session->limits.write_timeout;
  for (const auto* handler : handlers_)
    result = std::min(result, handler->write_patience());
  return result;
}

std::size_t peer_links::waiting() const {
  std::size_t result = 0;
  for (const auto* handler : handlers_)
    result += handler->waiting();
  return result;
}

void peer_links::expire(time_point at) {
  const auto patience = write_patience();
  for (const auto& link : links_)
    if (link->writes.timer().due(patience) <= at)
      fail_unread(link);
}

void peer_links::fail_unread(const link_ptr& link) {
  if (link->conn->ended())
    return;
  ctx_->log->debug("connection closed, it does not read waiting_bytes={} "
                   "peer={}",
                   waiting(), to_string(id_));
  link->conn->fail("it does not read");
}

time_point peer_links::next_due(time_point at) const {
  auto next = time_point::max();
  const auto whole = ctx_->session->limits.write_timeout;
  for (const auto& link : links_) {
    next = std::min(next, link->conn->session().next_tick());
    if (link->writes.timer().running())
      next = std::min(next, link->writes.timer().look_at(whole / 3, whole, at));
  }
  for (const auto* handler : handlers_)
    next = std::min(next, handler->next_due(at));
  if (stop_by_)
    next = std::min({next, *stop_by_, at + link_limits::stop_poll});
  return next;
}

// Called whenever the sessions' deadlines may have changed.
void peer_links::schedule_tick() {
  const auto at = owner_.now();
  const auto next = coarse_deadline(next_due(at), at);
  if (next == time_point::max() || (tick_at_ && *tick_at_ <= next))
    return;
  tick_at_ = next;
  owner_.tick_after(std::max(next - at, time_point::duration{0}));
}

// -- the end ------------------------------------------------------------------

void peer_links::disconnect(const std::string& reason) {
  ctx_->log->debug("disconnecting: {} peer={}", reason, to_string(id_));
  for (auto* handler : handlers_)
    handler->leaving();
  stop(link_limits::farewell);
}

void peer_links::disconnect_now(const std::string& reason) {
  ctx_->log->debug("disconnecting: {} peer={}", reason, to_string(id_));
  stop_by_ = owner_.now();
  end_all();
  lost(reason);
}

void peer_links::stop(std::chrono::milliseconds deadline) {
  stop_by_ = owner_.now() + deadline;
  if (links_.empty())
    return finish();
  flush();
}

void peer_links::maybe_finish() {
  const auto at = owner_.now();
  if (at >= *stop_by_)
    return finish();
  bool done = true;
  for (auto* handler : handlers_)
    done = handler->finished(at) && done;
  if (done)
    finish();
}

void peer_links::finish() {
  end_all();
  lost("stopped");
}

void peer_links::end_all() {
  for (const auto& link : links_) {
    link->conn->session().close();
    link->conn->write();
    keep_counts(*link);
  }
  links_.clear();
}

// -- counts -------------------------------------------------------------------

void peer_links::keep_counts(const peer_link& ended) {
  ended_in_ += ended.conn->received();
  ended_out_ += ended.conn->taken();
}

std::uint64_t peer_links::bytes_in() const {
  auto result = ended_in_;
  for (const auto& link : links_)
    result += link->conn->received();
  return result;
}

std::optional<std::chrono::microseconds> peer_links::round_trip() const {
  std::optional<std::chrono::microseconds> shortest;
  for (const auto& link : links_)
    if (const auto one = link->conn->round_trip())
      shortest = std::min(shortest.value_or(*one), *one);
  return shortest;
}

std::uint64_t peer_links::bytes_out() const {
  auto result = ended_out_;
  for (const auto& link : links_)
    result += link->conn->taken();
  return result;
}

void peer_links::lost(const std::string& reason) {
  for (auto* handler : handlers_)
    handler->all_lost();
  owner_.all_lost(reason);
}

} // namespace grapevine
