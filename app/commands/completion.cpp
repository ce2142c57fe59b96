#include "app/commands/cli.hpp"
#include "app/commands/command_line.hpp"

#include <fmt/format.h>
#include <map>
#include <set>

namespace grapevine::app {

namespace {

const std::set<std::string> file_options{"config", "identity", "file", "out",
                                         "trace-file"};

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

// The words that may follow an option; empty if that is for the user to know.
std::string words_after(const CLI::Option& option) {
  const auto& name = option.get_lnames().front();
  if (name == "type")
    return joined(value_text<libp2p::key_type>::choices());
  const auto* known = find_option(name);
  return known == nullptr ? std::string{} : joined(known->choices);
}

// What completes the value of each option that has one.
struct value_cases {
  std::map<std::string, std::string> words;
  std::set<std::string> files;
  std::set<std::string> free;

  void add(const CLI::Option& option) {
    const auto& name = option.get_lnames().front();
    if (option.get_type_size() == 0)
      return;
    if (file_options.contains(name))
      files.insert("--" + name);
    else if (auto choices = words_after(option); !choices.empty())
      words["--" + name] = std::move(choices);
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

std::string options_of(const CLI::App& command, value_cases& values) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options()) {
    if (option->get_lnames().empty())
      continue;
    names.push_back("--" + option->get_lnames().front());
    values.add(*option);
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
    commands.push_back(command->get_name());
    options += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(),
                           options_of(*command, values));
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
