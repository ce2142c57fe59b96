#pragma once

#include "gossip/trace/trace_batch.hpp"
#include "messages/tracer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace grapevine {

/// Hands events to actors. Bounded: while the slowest of them has too much
/// waiting, events are dropped and counted. When it goes, it sends the `last`
/// batch: whoever records holds it.
class actor_trace_sink : public gossip::trace_sink {
public:
  /// Bytes of events on their way and in mailboxes: some 100,000 events.
  static constexpr std::size_t max_waiting = std::size_t{32} * 1024 * 1024;

  /// Shared with the batches under way, which outlive the sink, and with those
  /// receivers that may give up.
  struct progress {
    std::atomic<std::size_t> waiting = 0;
    std::atomic<std::size_t> receivers = 0;
  };

  explicit actor_trace_sink(std::vector<caf::actor> receivers,
                            std::size_t most_waiting = max_waiting);
  ~actor_trace_sink() override;

  /// For `receivers`: decremented by one that takes no more.
  const std::shared_ptr<progress>& state() const noexcept { return progress_; }

  /// Adds a receiver; before the first event.
  void add(caf::actor receiver);

  gossip::trace_event::wall_time now() const override;
  bool take(std::vector<gossip::trace_event> events, std::size_t size) override;

private:
  void send(std::vector<gossip::trace_event> events, std::size_t size,
            bool last);

  std::vector<caf::actor> receivers_;
  std::size_t max_waiting_;
  std::shared_ptr<progress> progress_ = std::make_shared<progress>();
  std::atomic<std::uint64_t> dropped_ = 0;
};

} // namespace grapevine
