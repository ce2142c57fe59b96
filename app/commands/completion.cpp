#include "app/commands/completion.hpp"

#include "app/commands/command_line.hpp"
#include "app/options/choices.hpp"

#include <algorithm>
#include <array>

namespace grapevine::app {

namespace {

using script_writer = std::string (*)(const std::vector<completed_command>&);

constexpr std::array<choice<script_writer>, 3> writers{
    {{"bash", bash_completion},
     {"zsh", zsh_completion},
     {"fish", fish_completion}}};

// What it is, without what else there is to know: a line of a list of many.
std::string first_words(const std::string& help) {
  return help.substr(0, std::min(help.find(';'), help.find(" (default:")));
}

completed_value value_of(const CLI::Option& option, const given_texts& given) {
  completed_value value;
  const bool positional = option.get_positional();
  value.name = positional ? option.get_name(true) : option.get_lnames().front();
  value.help = first_words(option.get_description());
  if (const auto* kind = given.kind_of(value.name)) {
    value.placeholder = placeholder_of(kind->kind);
    value.choices = kind->choices;
    value.path = kind->kind == option_kind::path;
  } else if (positional) {
    value.placeholder = value.name;
  }
  const auto* known = find_option(value.name);
  value.repeatable = positional ? option.get_expected_max() > 1
                                : known != nullptr && known->repeatable;
  return value;
}

completed_command command_of(const CLI::App& app, const given_texts& given) {
  completed_command command{app.get_name(), app.get_description(), {}, {}};
  for (const auto* option : app.get_options()) {
    if (option->get_positional())
      command.arguments.push_back(value_of(*option, given));
    else if (!option->get_lnames().empty())
      command.options.push_back(value_of(*option, given));
  }
  return command;
}

} // namespace

std::vector<completed_command> completed_commands() {
  command_line line;
  std::vector<completed_command> commands;
  for (const auto* app : line.app().get_subcommands({}))
    commands.push_back(command_of(*app, line.given(app->get_name())));
  return commands;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

std::vector<std::string> completion_shells() {
  return texts_of(writers);
}

expected<std::string, std::string> completion_script(const std::string& shell) {
  const auto writer = find_choice(writers, shell);
  if (!writer)
    return unexpected{writer.error()};
  return (*writer)(completed_commands());
}

} // namespace grapevine::app
