#include "actors/trace/tracer.hpp"

#include "actors/trace/trace_sink.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace grapevine {

namespace {

// Bytes that are written together.
constexpr std::size_t batch_size = std::size_t{256} * 1024;

// How long an event may wait to be written.
constexpr std::chrono::seconds flush_interval{1};

class tracer_state {
public:
  tracer_state(tracer_actor::pointer self, tracer_setup setup)
      : self_{self}, setup_{std::move(setup)} {}

  void take(const trace_events& msg) {
    lost_ += msg.dropped;
    for (const auto& event : *msg.events) {
      setup_.encoder.append(event, buffer_);
      if (buffer_.size() >= batch_size && !write())
        return;
    }
    if (msg.last)
      end();
    else if (!buffer_.empty() || lost_ > 0)
      schedule_flush();
  }

  void flush() {
    flush_scheduled_ = false;
    report_lost();
    write();
  }

private:
  void end() {
    report_lost();
    if (write())
      self_->quit();
  }

  void report_lost() {
    if (lost_ > 0)
      setup_.log->warn("trace events lost count={}: writing them to {} is too "
                       "slow",
                       std::exchange(lost_, 0), setup_.file.path());
  }

  // False: the tracer has ended.
  bool write() {
    const auto written = setup_.file.append(buffer_);
    buffer_.clear();
    if (written)
      return true;
    setup_.log->error("tracing has stopped, the node goes on: {}; restart it "
                      "once the file can be written, or with another one",
                      written.error());
    setup_.on_failure();
    self_->quit();
    return false;
  }

  void schedule_flush() {
    if (!std::exchange(flush_scheduled_, true))
      tell_self_later(self_, flush_interval, flush_trace{});
  }

  tracer_actor::pointer self_;
  tracer_setup setup_;
  std::string buffer_;
  std::uint64_t lost_ = 0;
  bool flush_scheduled_ = false;
};

tracer_actor::behavior_type tracer(tracer_actor::pointer self,
                                   const std::shared_ptr<tracer_setup>& setup) {
  auto state = std::make_shared<tracer_state>(self, std::move(*setup));
  return {
      [state](const trace_events& msg) { state->take(msg); },
      [state](flush_trace) { state->flush(); },
  };
}

} // namespace

tracer_actor spawn_tracer(caf::actor_system& sys, tracer_setup setup,
                          thread_use threads) {
  // CAF copies what an actor is started with.
  auto shared = std::make_shared<tracer_setup>(std::move(setup));
  return threads == thread_use::own
             ? sys.spawn<caf::detached>(tracer, std::move(shared))
             : sys.spawn(tracer, std::move(shared));
}

expected<std::shared_ptr<gossip::trace_sink>, std::string>
make_trace_sink(caf::actor_system& sys, const trace_wish& wish,
                const libp2p::peer_id& self,
                const std::shared_ptr<spdlog::logger>& log) {
  if (wish.file.path.empty() && wish.receivers.empty())
    return nullptr;
  if (wish.file.path.empty())
    return std::make_shared<actor_trace_sink>(wish.receivers);
  auto file = trace_file::open(wish.file.path);
  if (!file)
    return unexpected{std::move(file.error())};
  auto sink = std::make_shared<actor_trace_sink>(wish.receivers);
  const auto give_up = [state = sink->state()] { --state->receivers; };
  sink->add(caf::actor_cast<caf::actor>(spawn_tracer(
      sys, {std::move(*file), {self, wish.file.format}, log, give_up})));
  return sink;
}

} // namespace grapevine
