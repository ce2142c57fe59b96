#pragma once

#include "gossip/trace_encoder.hpp"
#include "gossip/trace_event.hpp"
#include "messages/type_ids.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

/// Where a node's events are written to.
struct trace_options {
  /// A file: made if there is none, appended to if there is.
  std::string path;
  gossip::trace_format format = gossip::trace_format::json;
};

/// Events of one of the node's actors, in order. Each actor's come by
/// themselves: only their times order them against those of others.
struct trace_events {
  /// Counts as waiting as long as somebody holds it: to keep events for long,
  /// copy them.
  std::shared_ptr<const std::vector<gossip::trace_event>> events;
  /// How many were lost before these because too many were waiting.
  std::uint64_t dropped = 0;
  /// The node has ended: none will follow.
  bool last = false;
};

/// Time to write what waits.
struct flush_trace {};

/// Who is told of all events, e.g. an application.
using trace_receiver = caf::typed_actor<
    // Takes events.
    takes<trace_events>>;

/// Writes events to a file, and ends after the last.
using tracer_actor = trace_receiver::extend<
    // Writes what waits.
    takes<flush_trace>>;

} // namespace grapevine
