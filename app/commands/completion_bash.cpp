#include "app/commands/completion.hpp"

#include <fmt/format.h>
#include <map>
#include <set>

namespace grapevine::app {

namespace {

// What completes the value of each option that has one.
struct value_cases {
  std::map<std::string, std::string> words;
  std::set<std::string> files;
  std::set<std::string> free;

  void add(const completed_value& option) {
    if (option.placeholder.empty())
      return;
    if (option.path)
      files.insert("--" + option.name);
    else if (!option.choices.empty())
      words["--" + option.name] = joined(option.choices);
    else
      free.insert("--" + option.name);
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

// What may stand where no value of an option is due.
std::string words_of(const completed_command& command) {
  std::vector<std::string> words;
  for (const auto& option : command.options)
    words.push_back("--" + option.name);
  for (const auto& argument : command.arguments)
    words.insert(words.end(), argument.choices.begin(), argument.choices.end());
  return joined(words);
}

} // namespace

std::string bash_completion(const std::vector<completed_command>& commands) {
  value_cases values;
  std::vector<std::string> names;
  std::string words;
  for (const auto& command : commands) {
    names.push_back(command.name);
    for (const auto& option : command.options)
      values.add(option);
    words += fmt::format("    {}) words=\"{}\" ;;\n", command.name,
                         words_of(command));
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
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -F _grapevine grapevine)",
                     joined(names), values.script(), words, joined(names));
}

} // namespace grapevine::app
