#pragma once

#include "gossip/trace/trace_event.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace grapevine::gossip {

/// Where a node's events go. Called from any thread.
class trace_sink {
public:
  trace_sink() = default;
  trace_sink(const trace_sink&) = delete;
  trace_sink& operator=(const trace_sink&) = delete;
  virtual ~trace_sink() = default;

  /// The wall clock.
  virtual trace_event::wall_time now() const = 0;

  /// Takes events, of `size` bytes of footprint together. False when nobody
  /// wants any from now on.
  virtual bool take(std::vector<trace_event> events, std::size_t size) = 0;
};

/// The events of one actor's turn, so that threads meet once a turn and not at
/// every event. Without a sink `record` is a comparison.
class trace_batch {
public:
  /// Events go to the sink when they take this much memory, if not before.
  static constexpr std::size_t max_bytes = std::size_t{64} * 1024;

  trace_batch() = default;
  explicit trace_batch(std::shared_ptr<trace_sink> sink)
      : sink_{std::move(sink)} {}
  trace_batch(trace_batch&&) = default;
  trace_batch& operator=(trace_batch&&) = delete;
  ~trace_batch() { flush(); }

  /// Whether anybody wants events.
  bool on() const noexcept { return sink_ != nullptr; }

  /// Records the event that `make` returns; off, `make` is not called.
  template <class Make>
  void record(const Make& make) {
    if (on()) [[unlikely]]
      add(make());
  }

  /// Hands on what was recorded: at the end of a turn.
  void flush() {
    if (!events_.empty()) [[unlikely]]
      deliver();
  }

private:
  void add(trace::event what);
  void deliver();

  std::shared_ptr<trace_sink> sink_;
  std::vector<trace_event> events_;
  std::size_t bytes_ = 0;
};

} // namespace grapevine::gossip
