#include "actors/trace/trace_sink.hpp"

#include <chrono>

namespace grapevine {

namespace {

using events_type = std::vector<gossip::trace_event>;

// Events that count as waiting until the last receiver has let go of them.
struct waiting_batch {
  waiting_batch(events_type all, std::size_t size,
                std::shared_ptr<actor_trace_sink::progress> counted_by)
      : events{std::move(all)}, footprint{size}, counter{
                                                     std::move(counted_by)} {}
  waiting_batch(const waiting_batch&) = delete;
  waiting_batch& operator=(const waiting_batch&) = delete;
  ~waiting_batch() { counter->waiting -= footprint; }

  events_type events;
  std::size_t footprint;
  std::shared_ptr<actor_trace_sink::progress> counter;
};

} // namespace

actor_trace_sink::actor_trace_sink(std::vector<caf::actor> receivers,
                                   std::size_t most_waiting)
    : receivers_{std::move(receivers)}, max_waiting_{most_waiting} {
  progress_->receivers = receivers_.size();
}

actor_trace_sink::~actor_trace_sink() {
  send({}, 0, true);
}

void actor_trace_sink::add(caf::actor receiver) {
  receivers_.push_back(std::move(receiver));
  ++progress_->receivers;
}

gossip::trace_event::wall_time actor_trace_sink::now() const {
  return std::chrono::system_clock::now();
}

bool actor_trace_sink::take(events_type events, std::size_t size) {
  if (progress_->receivers == 0)
    return false;
  // Reserved first, as others do this at the same time.
  if (progress_->waiting.fetch_add(size) + size > max_waiting_) {
    progress_->waiting -= size;
    dropped_ += events.size();
    return true;
  }
  send(std::move(events), size, false);
  return true;
}

void actor_trace_sink::send(events_type events, std::size_t size, bool last) {
  const auto held =
      std::make_shared<waiting_batch>(std::move(events), size, progress_);
  const trace_events msg{{held, &held->events}, dropped_.exchange(0), last};
  for (const auto& receiver : receivers_)
    tell_from_outside(receiver, msg);
}

} // namespace grapevine
