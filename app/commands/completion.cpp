#include "app/commands/cli.hpp"
#include "app/commands/command_line.hpp"

#include <fmt/format.h>
#include <map>
#include <set>

namespace grapevine::app {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

// What completes the value of each option that has one.
struct value_cases {
  std::map<std::string, std::string> words;
  std::set<std::string> files;
  std::set<std::string> free;

  void add(const std::string& name, const value_kind& value) {
    if (value.kind == option_kind::path)
      files.insert("--" + name);
    else if (!value.choices.empty())
      words["--" + name] = joined(value.choices);
    else
      free.insert("--" + name);
  }

  std::string script() const {
    std::string text;
    for (const auto& [name, choices] : words)
      text += fmt::format("    {})\n      COMPREPLY=($(compgen -W \"{}\" -- "
                          "\"$word\"))\n      return ;;\n",
                          name, choices);
    text += fmt::format("    {})\n      compopt -o default\n      return ;;\n",
                        fmt::join(files, "|"));
    text += fmt::format("    {})\n      return ;;\n", fmt::join(free, "|"));
    return text;
  }
};

std::string options_of(const CLI::App& command, const given_texts& given,
                       value_cases& values) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options()) {
    if (option->get_lnames().empty())
      continue;
    const auto& name = option->get_lnames().front();
    names.push_back("--" + name);
    if (const auto* value = given.kind_of(name))
      values.add(name, *value);
  }
  return joined(names);
}

} // namespace

std::string bash_completion() {
  command_line line;
  value_cases values;
  std::vector<std::string> commands;
  std::string options;
  for (const auto* command : line.app().get_subcommands({})) {
    const auto& name = command->get_name();
    commands.push_back(name);
    options += fmt::format("    {}) words=\"{}\" ;;\n", name,
                           options_of(*command, line.given(name), values));
  }
  return fmt::format(R"(# bash completion for grapevine
_grapevine() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  local words="{} --help --version"
  COMPREPLY=()
  case $before in
{}  esac
  case ${{COMP_WORDS[1]}} in
{}  esac
  [ "$COMP_CWORD" -eq 1 ] && words="{} --help --version"
  [ "${{COMP_WORDS[1]}}" = completion ] && words+=" bash"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -F _grapevine grapevine)",
                     joined(commands), values.script(), options,
                     joined(commands));
}

} // namespace grapevine::app
