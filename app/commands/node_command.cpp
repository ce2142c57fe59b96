#include "app/commands/node_command.hpp"

#include "actors/node/node_parts.hpp"
#include "app/commands/file_limit.hpp"
#include "app/console/logging.hpp"
#include "app/console/messages.hpp"

#include <future>
#include <utility>

namespace grapevine::app {

namespace {

// To open listeners; names of peers are not resolved in this time.
constexpr std::chrono::seconds start_patience{30};

// The rest of stopping takes little beside the flushing.
constexpr int stop_patience = 2;

// What the actor's thread and the one that waits for it share: the first until
// `ended`, the other from then on.
struct command_run {
  node_actor node;
  std::shared_ptr<spdlog::logger> log;
  // The node writes it before it says that it is up.
  std::shared_ptr<std::shared_ptr<reactor_link>> reactor =
      std::make_shared<std::shared_ptr<reactor_link>>();
  std::shared_ptr<stop_flag> stop = std::make_shared<stop_flag>();
  command_factory make_command;
  std::shared_ptr<node_command> command;
  std::promise<void> ended;
};

caf::behavior command_actor(caf::event_based_actor* self,
                            const std::shared_ptr<command_run>& run) {
  self->attach_functor([run](const caf::error&) { run->ended.set_value(); });
  run->command =
      run->make_command({self, run->node, run->log, run->reactor, run->stop});
  return run->command->make_behavior();
}

} // namespace

node_command::node_command(command_context ctx)
    : ctx_{std::move(ctx)}, output_{output_of(*ctx_.log)},
      downs_{ctx_.self,
             [this](const caf::actor_addr&, const caf::error& why) {
               fail("the node has ended by itself: " + reason_of(why));
             }},
      result_{runtime_error("internal error: the command has died")} {
  downs_.watch(ctx_.node);
}

caf::behavior node_command::make_behavior() {
  start();
  const caf::message_handler common{
      [this](stop_node) {
        if (!finishing_)
          interrupted();
      },
      [this](reload_settings) {
        if (!finishing_)
          reload();
      },
      [this](log_has_counted) {
        tell_self_later(self(), log_output::repeat_window, say_log_counts{});
      },
      [this](say_log_counts) { output_->say_repeats(); },
  };
  return common.or_else(handlers());
}

void node_command::start() {
  ask(self(), node(), start_patience, start_node{})
      .then([this](const node_started& up) { started(up); },
            [this](const caf::error& why) { fail(reason_of(why)); });
  starting();
}

std::chrono::seconds node_command::flush_patience() const {
  return std::chrono::seconds{5};
}

void node_command::finish(outcome<exit_code> result) {
  if (finishing_)
    return;
  finishing_ = true;
  result_ = std::move(result);
  ending();
  stop().raise();
  const auto patience = flush_patience();
  ask(self(), node(), stop_patience * patience, stop_node{patience})
      .then([this](node_stopped) { self()->quit(); },
            [this](const caf::error& why) {
              log().debug("the node was not stopped: {}", reason_of(why));
              self()->quit();
            });
}

outcome<exit_code>
run_node(const node_config& config, const command_factory& make_command,
         stop_signals::hangup on_hangup,
         const std::function<void(caf::actor_system_config&)>& configure) {
  raise_file_limit();
  // Before the actor system: its threads inherit what is blocked.
  stop_signals signals{on_hangup, stop_signals::user_signal::calls};
  caf::actor_system_config system_config;
  tune_scheduler(system_config);
  if (configure)
    configure(system_config);
  caf::actor_system system{system_config};

  auto run = std::make_shared<command_run>();
  // What a command does with sockets of its own, it does over the node's.
  node_parts parts;
  parts.reactor = [reactor = run->reactor](caf::actor_system& sys) {
    return *reactor = spawn_reactor(sys);
  };
  run->node = spawn_node(system, config, std::move(parts));
  run->log = config.log;
  run->make_command = make_command;
  const auto actor = system.spawn<caf::detached>(command_actor, run);
  const auto output = output_of(*config.log);
  output->when_counted(
      [actor] { tell_from_outside(actor, log_has_counted{}); });
  signals.watch(
      [run, actor] {
        run->stop->raise();
        tell_from_outside(actor, stop_node{});
      },
      [actor] { tell_from_outside(actor, reload_settings{}); },
      // Not by the command, which may wait for whoever reads what it prints.
      [output] { output->reopen(); });
  run->ended.get_future().wait();
  // The log outlives the actors. What it has counted, it says at its end.
  output->when_counted({});
  signals.unwatch();
  // In case the command could not do it.
  tell_from_outside(run->node, stop_node{});
  if (!run->command)
    return runtime_error("internal error: the command could not be made");
  const auto& result = run->command->result();
  // Standard error gets it from whoever called.
  if (!result && output->path())
    config.log->error("{}", result.error().text);
  return result;
}

} // namespace grapevine::app
