#pragma once

#include "messages/caf_compat.hpp"

#if GRAPEVINE_CAF_1
#include <caf/test/fixture/deterministic.hpp>
#include <caf/test/reporter.hpp>
#else
#include <caf/scheduler/test_coordinator.hpp>
#endif

#include <memory>

// Beside caf_compat.hpp the only place that knows which CAF this is.

namespace grapevine::testing {

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

#else

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

} // namespace grapevine::testing
