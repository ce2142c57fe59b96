#pragma once

#include "messages/caf_compat.hpp"

#if GRAPEVINE_CAF_1
#include <caf/test/fixture/deterministic.hpp>
#include <caf/test/reporter.hpp>
#else
#include <caf/scheduler/test_coordinator.hpp>
#endif

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

// Of the tests the only place that knows which CAF this is.

namespace grapevine::test {

#if GRAPEVINE_CAF_1

/// An actor system whose actors run when they are told to, on the caller's
/// thread, and whose clock stands still until it is set.
class test_scheduler {
public:
  caf::actor_system& sys() { return caf_->sys; }

  /// Handles messages until there are none.
  void run() { caf_->dispatch_messages(); }

  /// Handles the message whose turn it is.
  void run_once() { caf_->dispatch_message(); }

  /// Sets the clock forward; what is due is sent.
  void advance(caf::timespan time) {
    if (time.count() > 0)
      caf_->advance_time(time);
  }

private:
  // CAF's own test runner has one, too.
  static void need_reporter() {
    static const auto quiet = [] {
      auto result = caf::test::reporter::make_default();
      result->verbosity(CAF_LOG_LEVEL_QUIET);
      caf::test::reporter::instance(result.get());
      return result;
    }();
  }

  std::unique_ptr<caf::test::fixture::deterministic> caf_ =
      (need_reporter(), std::make_unique<caf::test::fixture::deterministic>());
};

using wire_bytes = caf::byte_buffer;

/// A value as CAF sends it to another process.
template <class T>
wire_bytes to_wire(caf::actor_system& sys, T value) {
  wire_bytes result;
  caf::binary_serializer sink{sys, result};
  if (!sink.apply(value))
    throw std::runtime_error{caf::to_string(sink.get_error())};
  return result;
}

/// And as the other process reads it; nothing if it is none.
template <class T>
std::optional<T> from_wire(caf::actor_system& sys, const wire_bytes& from) {
  caf::binary_deserializer source{sys, from};
  T result{};
  if (!source.apply(result))
    return std::nullopt;
  return result;
}

/// Tells CAF of its own types, and of no others.
inline void init_caf_alone() {
  caf::core::init_global_meta_objects();
}

/// Whoever has a handler of `caf::exit_msg` in its behavior does not end by
/// itself when it is told to, if it says this, too.
template <class Self, class Handler>
void handle_exits(Self*, const Handler&) {}

#else

using wire_bytes = std::vector<char>;

template <class T>
wire_bytes to_wire(caf::actor_system& sys, T value) {
  wire_bytes result;
  caf::binary_serializer sink{sys, result};
  if (const auto failed = sink(value))
    throw std::runtime_error{caf::to_string(failed)};
  return result;
}

template <class T>
std::optional<T> from_wire(caf::actor_system& sys, const wire_bytes& from) {
  caf::binary_deserializer source{sys, from};
  T result{};
  if (source(result))
    return std::nullopt;
  return result;
}

inline void init_caf_alone() {}

template <class Self, class Handler>
void handle_exits(Self* self, const Handler& handler) {
  self->set_exit_handler(handler);
}

class test_scheduler {
public:
  test_scheduler() : sys_{with_this_policy(cfg_)} {}

  caf::actor_system& sys() { return sys_; }

  void run() { scheduler().run(); }

  void run_once() { scheduler().run_once(); }

  void advance(caf::timespan time) { scheduler().advance_time(time); }

private:
  using coordinator = caf::scheduler::test_coordinator;

  static caf::actor_system_config&
  with_this_policy(caf::actor_system_config& cfg) {
    cfg.set("scheduler.policy", caf::atom("testing"));
    return cfg;
  }

  coordinator& scheduler() {
    return dynamic_cast<coordinator&>(sys_.scheduler());
  }

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
};

#endif

} // namespace grapevine::test
