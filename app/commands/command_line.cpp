#include "app/commands/command_line.hpp"

#include <utility>

namespace grapevine::app {

command_line::command_line()
    : app_{"A libp2p GossipSub node: joins topics, publishes and prints "
           "messages.",
           "grapevine"} {
  app_.set_version_flag("--version", "grapevine " GRAPEVINE_VERSION);
  app_.require_subcommand(1);
  app_.get_formatter()->column_width(36);
  app_.footer("\"grapevine COMMAND --help\" tells more, with examples.");
  for (auto& spec : all_commands()) {
    auto* app = app_.add_subcommand(spec.name, spec.help);
    app->footer("Examples:\n" + spec.examples);
    auto& added = commands_[spec.name];
    spec.add(*app, added.given);
    added.spec = std::move(spec);
  }
}

outcome<exit_code> command_line::execute() const {
  const auto& chosen = commands_.at(app_.get_subcommands().front()->get_name());
  if (auto counted = chosen.given.check_counts(); !counted)
    return unexpected{counted.error()};
  return chosen.spec.act(chosen.given);
}

} // namespace grapevine::app
