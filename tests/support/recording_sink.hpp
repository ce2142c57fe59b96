#pragma once

#include "gossip/trace/trace_batch.hpp"

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

namespace grapevine::test {

/// Keeps the events of a trace, in order.
class recording_sink : public gossip::trace_sink {
public:
  gossip::trace_event::wall_time now() const override { return {}; }

  bool take(std::vector<gossip::trace_event> events, std::size_t) override {
    for (auto& event : events)
      events_.push_back(std::move(event.what));
    return true;
  }

  /// All events so far.
  const std::vector<gossip::trace::event>& all() const noexcept {
    return events_;
  }

  /// Those of one kind.
  template <class Event>
  std::vector<Event> of() const {
    std::vector<Event> result;
    for (const auto& event : events_)
      if (const auto* found = std::get_if<Event>(&event))
        result.push_back(*found);
    return result;
  }

private:
  std::vector<gossip::trace::event> events_;
};

} // namespace grapevine::test
