#include "actors/host/cpu_time.hpp"
#include "app/commands/api_setup.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/config_test.hpp"
#include "app/commands/gateway_setup.hpp"
#include "app/commands/node_command.hpp"
#include "app/commands/node_setup.hpp"
#include "app/commands/node_watchdog.hpp"
#include "app/console/logging.hpp"
#include "app/console/messages.hpp"
#include "app/console/output.hpp"
#include "app/console/service_manager.hpp"
#include "app/console/unused_memory.hpp"
#include "app/options/setting_changes.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

/// Says where the node listens, and leaves it alone until a signal comes: to
/// stop, or to take other settings.
class run_command : public node_command {
public:
  run_command(command_context ctx, const node_arguments& arguments,
              const settings& in_force,
              std::vector<libp2p::peer_id> allowed_peers,
              std::shared_ptr<api_setup> api,
              std::shared_ptr<gateway_setup> gateway)
      : node_command{std::move(ctx)}, arguments_{arguments},
        in_force_{show_all(in_force)}, allowed_peers_{std::move(allowed_peers)},
        api_{std::move(api)}, gateway_{std::move(gateway)},
        manager_{service_manager::from_environment(shared_log())},
        watchdog_{self(), node(), manager_, shared_log()} {}

  run_command(const run_command&) = delete;
  run_command& operator=(const run_command&) = delete;
  // However it ends: the actor system waits for their actors.
  ~run_command() override {
    api_->end();
    gateway_->end();
  }

private:
  void started(const node_started& up) override {
    for (const auto& address : up.addresses)
      if (auto printed = print_line("listening " + address.to_text()); !printed)
        return finish(unexpected{printed.error()});
    api_->serve(self()->system(), node(), reactor(), shared_log());
    if (auto served = gateway_->serve(self()->system(), node(), shared_log());
        !served)
      return finish(unexpected{served.error()});
    manager_.ready("listening");
    watchdog_.prove();
    release_unused_memory();
    tell_self_later(self(), memory_care::interval, look_after_memory{});
  }

  caf::message_handler handlers() override {
    return {[this](prove_node_alive) { watchdog_.prove(); },
            [this](look_after_memory) { care_for_memory(); }};
  }

  void care_for_memory() {
    tell_self_later(self(), memory_care::interval, look_after_memory{});
    const auto what = memory_.look(used_cpu_time());
    if (what == memory_care::action::nothing)
      return;
    const auto before = resident_memory();
    if (what == memory_care::action::heap)
      release_free_heap();
    else
      release_unused_memory();
    memory_.gave_back(before, resident_memory());
  }

  void ending() override {
    api_->end();
    gateway_->end();
    watchdog_.end();
    manager_.stopping();
  }

  void interrupted() override {
    log().info("stopping");
    finish(success);
  }

  // However it goes, the service manager hears of its end.
  void reload() override {
    manager_.reloading();
    output().reopen();
    const auto next = load_host(arguments_);
    if (!next)
      return not_reloaded(next.error().text);
    const auto& values = next->values;
    const auto whole = with_files(values);
    if (!whole)
      return not_reloaded(whole.error().text);
    auto file = next_log_file(values);
    if (!file)
      return not_reloaded(file.error());
    const auto certificates = api_->next_certificates();
    if (!certificates)
      return not_reloaded(certificates.error().text);
    ask(self(), node(), std::chrono::seconds{30},
        change_settings{*whole, whole->params.thresholds})
        .then(
            [this, values, allowed = whole->allowed_peers,
             moved = *std::move(file),
             tls = *certificates](grapevine::changed) {
              api_->use(tls, log());
              if (moved)
                output().move_to(std::move(*moved));
              reloaded(values, allowed);
            },
            [this](const caf::error& why) { not_reloaded(reason_of(why)); });
  }

  // Where the log is to go on, if that is elsewhere; shared, as handlers are
  // copied.
  using log_place = std::shared_ptr<std::optional<log_file>>;

  expected<log_place, std::string> next_log_file(const settings& next) {
    if (next.log_file == output().path())
      return nullptr;
    auto place = std::make_shared<std::optional<log_file>>();
    if (next.log_file) {
      auto opened = log_file::open(*next.log_file);
      if (!opened)
        return unexpected{std::move(opened.error())};
      *place = *std::move(opened);
    }
    return place;
  }

  void not_reloaded(const std::string& why) {
    log().error("not reloaded: {}; the node goes on as it was", why);
    manager_.ready("listening; the configuration could not be read again");
  }

  void reloaded(const settings& next,
                const std::vector<libp2p::peer_id>& allowed) {
    auto changes = take_live(in_force_, next);
    // The file has the same name, and says something else.
    if (std::exchange(allowed_peers_, allowed) != allowed
        && std::ranges::none_of(changes.live, [](const auto& name) {
             return name == "allow-peer" || name == "allow-peers-file";
           }))
      changes.live.emplace_back("allow-peers-file");
    // One that was set while running stays if the configured one does.
    if (std::ranges::find(changes.live, "log-level") != changes.live.end())
      log().set_level(*next.log_level);
    output().set_format(next.log_format);
    if (changes.live.empty())
      log().info("reloaded: nothing has changed that can be without a restart");
    else
      log().info("reloaded: {}", fmt::join(changes.live, ", "));
    if (!changes.fixed.empty())
      log().warn("these need a restart: {}", fmt::join(changes.fixed, ", "));
    manager_.ready("listening");
  }

  node_arguments arguments_;
  shown_settings in_force_;
  // With those of the file.
  std::vector<libp2p::peer_id> allowed_peers_;
  std::shared_ptr<api_setup> api_;
  std::shared_ptr<gateway_setup> gateway_;
  service_manager manager_;
  node_watchdog watchdog_;
  memory_care memory_{used_cpu_time()};
};

void warn_of(const host_configuration& configured, spdlog::logger& log) {
  for (const auto& warning : configured.warnings)
    log.warn("{}", warning);
}

outcome<exit_code> print_config(const host_configuration& configured) {
  auto text = to_toml(configured.values, configured.given);
  text.pop_back(); // its last line feed
  if (auto printed = print_line(text); !printed)
    return unexpected{printed.error()};
  return success;
}

} // namespace

outcome<exit_code> run(const run_arguments& arguments) {
  const auto configured = load_host(arguments.node);
  if (!configured)
    return unexpected{configured.error()};
  if (arguments.print_config || arguments.config_test) {
    warn_of(*configured, *make_stderr_logger(*configured->values.log_level));
    return arguments.print_config ? print_config(*configured)
                                  : test_config(configured->values);
  }
  const auto config = make_host_config(configured->values);
  if (!config)
    return unexpected{config.error()};
  warn_of(*configured, *config->log);
  const auto api = api_setup::open(*configured, *config);
  if (!api)
    return unexpected{api.error()};
  const auto gateway = gateway_setup::of(configured->values);
  if (!gateway)
    return unexpected{gateway.error()};
  return run_node(
      *config,
      [&](command_context ctx) {
        return std::make_shared<run_command>(
            std::move(ctx), arguments.node, configured->values,
            config->allowed_peers, *api, *gateway);
      },
      stop_signals::hangup::calls,
      [&](caf::actor_system_config& cfg) { (*gateway)->configure(cfg); });
}

} // namespace grapevine::app
