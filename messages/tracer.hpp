#pragma once

#include "messages/api.hpp"

namespace grapevine {

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
