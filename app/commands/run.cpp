#include "app/commands/commands.hpp"
#include "app/commands/node_command.hpp"
#include "app/commands/node_setup.hpp"
#include "app/console/output.hpp"

#include <spdlog/spdlog.h>

namespace grapevine::app {

namespace {

/// Says where the node listens, and leaves it alone until a signal comes.
class run_command : public node_command {
public:
  using node_command::node_command;

private:
  void started(const node_started& up) override {
    for (const auto& address : up.addresses)
      if (auto printed = print_line("listening " + address.to_text()); !printed)
        return finish(unexpected{printed.error()});
  }

  void interrupted() override {
    log().info("stopping");
    finish(success);
  }
};

} // namespace

outcome<exit_code> run(const run_arguments& arguments) {
  const auto configured = load_settings(arguments.node, node_role::host);
  if (!configured)
    return unexpected{configured.error()};
  if (arguments.print_config) {
    auto text = to_toml(*configured);
    text.pop_back(); // its last line feed
    if (auto printed = print_line(text); !printed)
      return unexpected{printed.error()};
    return success;
  }
  const auto config = make_host_config(*configured);
  if (!config)
    return unexpected{config.error()};
  return run_node(*config, [](command_context ctx) {
    return std::make_shared<run_command>(std::move(ctx));
  });
}

} // namespace grapevine::app
