#pragma once

#include "actors/trace/trace_file.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "gossip/trace/trace_encoder.hpp"
#include "messages/tracer.hpp"

#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

/// What a tracer works with.
struct tracer_setup {
  trace_file file;
  gossip::trace_encoder encoder;
  std::shared_ptr<spdlog::logger> log;
  /// Called once if the tracer gives up.
  std::function<void()> on_failure;
};

/// Whether an actor blocks a thread of its own or one that all share.
enum class thread_use { own, shared };

/// Starts to write a trace. It writes at once what fills a buffer, and the rest
/// within a second; if it cannot write it says so and ends. On a thread of its
/// own, as disks may take long.
tracer_actor spawn_tracer(caf::actor_system& sys, tracer_setup setup,
                          thread_use threads = thread_use::own);

/// What a node's events are wanted by.
struct trace_wish {
  /// Without a path: none.
  trace_options file;
  /// Actors that are told of all events by `trace_events`.
  std::vector<caf::actor> receivers;
};

/// Where the node `self` records its events: null if nobody wants them. An
/// error text says why the file cannot be opened.
expected<std::shared_ptr<gossip::trace_sink>, std::string>
make_trace_sink(caf::actor_system& sys, const trace_wish& wish,
                const libp2p::peer_id& self,
                const std::shared_ptr<spdlog::logger>& log);

} // namespace grapevine
