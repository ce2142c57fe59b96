#include "app/commands/completion.hpp"

#include <fmt/format.h>
#include <string_view>

namespace grapevine::app {

namespace {

// `text` with a backslash before each of `special`; between single quotes.
std::string escaped(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += R"('\'')";
      continue;
    }
    if (special.find(c) != std::string_view::npos)
      result += '\\';
    result += c;
  }
  return result;
}

// What follows an option's or argument's explanation: `:ADDR:`, and what
// completes it.
std::string value_of(const completed_value& value) {
  if (value.placeholder.empty())
    return "";
  const auto words = value.choices.empty()
                         ? std::string{value.path ? "_files" : ""}
                         : "(" + joined(value.choices) + ")";
  return fmt::format(":{}:{}", escaped(value.placeholder, ":\\"), words);
}

std::string option_line(const completed_value& option) {
  return fmt::format("        '{}--{}{}[{}]{}' \\\n",
                     option.repeatable ? "*" : "", option.name,
                     option.placeholder.empty() ? "" : "=",
                     escaped(option.help, "[]:\\"), value_of(option));
}

std::string arguments_of(const completed_command& command) {
  std::string lines;
  for (const auto& option : command.options)
    lines += option_line(option);
  for (const auto& argument : command.arguments)
    lines += fmt::format("        '{}{}' \\\n", argument.repeatable ? "*" : "",
                         value_of(argument));
  return lines.substr(0, lines.size() - std::string_view{" \\\n"}.size());
}

} // namespace

std::string zsh_completion(const std::vector<completed_command>& commands) {
  std::string names;
  std::string cases;
  for (const auto& command : commands) {
    names += fmt::format("    '{}:{}'\n", command.name,
                         escaped(command.help, ":\\"));
    cases += fmt::format("    {})\n      _arguments \\\n{} ;;\n", command.name,
                         arguments_of(command));
  }
  return fmt::format(R"(#compdef grapevine
# zsh completion for grapevine
_grapevine() {{
  local context curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands
  commands=(
{}  )
  _arguments -C \
    '(- *)'{{-h,--help}}'[Print this help message and exit]' \
    '(- *)--version[Display program version information and exit]' \
    '1: :->command' '*:: :->argument'
  case $state in
    command)
      _describe -t commands command commands
      return ;;
    argument) ;;
    *) return ;;
  esac
  case $line[1] in
{}  esac
}}
# Read by `source`, or by zsh itself when it is first needed.
if [[ $funcstack[1] == _grapevine ]]; then
  _grapevine "$@"
else
  compdef _grapevine grapevine
fi)",
                     names, cases);
}

} // namespace grapevine::app
