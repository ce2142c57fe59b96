#pragma once

#include "actors/host/reactor.hpp"
#include "actors/node.hpp"
#include "app/console/log_output.hpp"
#include "app/console/signals.hpp"
#include "app/failure.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace grapevine::app {

/// What a command works with.
struct command_context {
  /// The actor that it is: one with a thread of its own, so it may block as
  /// long as it accepts `stop`.
  caf::event_based_actor* self = nullptr;
  node_actor node;
  std::shared_ptr<spdlog::logger> log;
  /// The node's reactor, from when it is up.
  std::shared_ptr<const std::shared_ptr<reactor_link>> reactor;
  /// Raised when the command must come to an end.
  std::shared_ptr<stop_flag> stop;
};

/// What run, sub and pub have in common: their actor starts the node, works
/// with it, and stops it in order when the work is done, has failed, or a
/// signal says so.
class node_command {
public:
  explicit node_command(command_context ctx);
  node_command(const node_command&) = delete;
  node_command& operator=(const node_command&) = delete;
  virtual ~node_command() = default;

  /// All that the actor takes.
  caf::behavior make_behavior();

  /// How it went, once the actor has ended.
  const outcome<exit_code>& result() const noexcept { return result_; }

protected:
  /// The node is asked to start: what is sent to it now comes right behind.
  virtual void starting() {}
  /// The node is up.
  virtual void started(const node_started& up) = 0;
  /// A signal came.
  virtual void interrupted() { finish(success); }
  /// SIGHUP came; only if the command asked for it (`run_node`).
  virtual void reload() {}
  /// The command ends; the node is about to be stopped.
  virtual void ending() {}
  /// How long what was sent may take to leave and, by peers that do not say
  /// when they have it, to be read.
  virtual std::chrono::seconds flush_patience() const;
  /// Messages of the command's own.
  virtual caf::message_handler handlers() { return {}; }

  /// Stops the node, flushing what waits to be sent, then ends.
  void finish(outcome<exit_code> result);
  void fail(std::string text) { finish(runtime_error(std::move(text))); }
  bool finishing() const noexcept { return finishing_; }

  caf::event_based_actor* self() const noexcept { return ctx_.self; }
  caf::actor me() const { return caf::actor_cast<caf::actor>(ctx_.self); }
  const node_actor& node() const noexcept { return ctx_.node; }
  spdlog::logger& log() const noexcept { return *ctx_.log; }
  const auto& shared_log() const noexcept { return ctx_.log; }
  log_output& output() const noexcept { return *output_; }
  const std::shared_ptr<reactor_link>& reactor() const noexcept {
    return *ctx_.reactor;
  }
  stop_flag& stop() const noexcept { return *ctx_.stop; }
  const auto& shared_stop() const noexcept { return ctx_.stop; }

private:
  void start();

  command_context ctx_;
  std::shared_ptr<log_output> output_;
  down_watch<caf::event_based_actor> downs_;
  bool finishing_ = false;
  // What counts when the actor dies by an exception.
  outcome<exit_code> result_;
};

/// Makes the command's part of the actor.
using command_factory =
    std::function<std::shared_ptr<node_command>(command_context)>;

/// Runs a node and the command until that has finished. SIGINT and SIGTERM
/// interrupt the command; a later one ends the program at once. SIGUSR1 opens
/// the log's file again. The logger is one of `make_logger`'s. `configure` may
/// add to what the actor system has.
outcome<exit_code>
run_node(const node_config& config, const command_factory& make_command,
         stop_signals::hangup on_hangup = stop_signals::hangup::ends,
         const std::function<void(caf::actor_system_config&)>& configure = {});

} // namespace grapevine::app
