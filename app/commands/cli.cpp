#include "app/commands/cli.hpp"

#include "app/commands/command_line.hpp"
#include "app/console/journal.hpp"
#include "app/options/suggest.hpp"

#include <algorithm>
#include <iostream>

namespace grapevine::app {

namespace {

int report(const failure& why, const std::string& hint = {}) {
  const auto prefix =
      stderr_is_journal() ? journal_prefix(spdlog::level::err) : "";
  std::cerr << prefix << "grapevine: " << why.text << '\n';
  if (!hint.empty())
    std::cerr << prefix << hint << '\n';
  return why.code;
}

// The command that the parser was in: the program itself before any.
const CLI::App& parsed_command(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.front();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* known : command.get_options())
    if (!known->get_lnames().empty())
      names.push_back("--" + known->get_lnames().front());
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* known : app.get_subcommands({}))
    names.push_back(known->get_name());
  return names;
}

// What to say of the first text that fits nowhere.
std::string explain_extra(const CLI::App& app, const std::string& text) {
  const auto& command = parsed_command(app);
  if (text.starts_with("-"))
    return "unknown option " + text + "; the nearest known one is "
           + nearest(text, option_names(command));
  if (&command == &app)
    return "unknown command \"" + text + "\"; the nearest known one is "
           + nearest(text, command_names(app));
  return "\"" + text
         + "\" is one argument too many; an option that takes "
           "several values is repeated before each";
}

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  if (const auto extras = app.remaining(true); !extras.empty())
    return explain_extra(app, extras.front());
  if (&parsed_command(app) == &app)
    return "a command is missing: " + any_of(command_names(app));
  return error.what();
}

std::string help_hint(const CLI::App& app) {
  const auto& command = parsed_command(app);
  return "Try \"grapevine "
         + (&command == &app ? std::string{} : command.get_name() + " ")
         + "--help\".";
}

} // namespace

int run_command_line(std::vector<std::string> arguments) {
  command_line line;
  auto& app = line.app();
  // CLI11 wants the last one first.
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::Success& shown) {
    return app.exit(shown); // --help and --version
  } catch (const CLI::ParseError& error) {
    return report({usage_failure, explain(app, error)}, help_hint(app));
  }
  const auto done = line.execute();
  if (done)
    return *done;
  return report(done.error(),
                done.error().code == usage_failure ? help_hint(app) : "");
}

} // namespace grapevine::app
