#include "app/commands/completion.hpp"

#include <fmt/format.h>
#include <string_view>

namespace grapevine::app {

namespace {

// Between single quotes.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + "'";
}

std::string line_of(const std::string& command, const std::string& what,
                    const std::string& help) {
  return fmt::format("complete -c grapevine -n '__grapevine_is {}' {} -d {}\n",
                     command, what, in_quotes(help));
}

// -x: has a value, and that is no file; -r -F: it is one.
std::string option_of(const completed_value& option) {
  auto name = "-l " + option.name;
  if (option.placeholder.empty())
    return name;
  if (option.path)
    return name + " -r -F";
  if (option.choices.empty())
    return name + " -x";
  return fmt::format("{} -x -a {}", name, in_quotes(joined(option.choices)));
}

} // namespace

std::string fish_completion(const std::vector<completed_command>& commands) {
  std::string lines;
  for (const auto& command : commands) {
    lines += line_of("", "-a " + command.name, command.help);
    for (const auto& option : command.options)
      lines += line_of(command.name, option_of(option), option.help);
    for (const auto& argument : command.arguments)
      if (!argument.choices.empty())
        lines +=
            line_of(command.name, "-a " + in_quotes(joined(argument.choices)),
                    argument.help);
  }
  lines.pop_back(); // its last line feed
  return fmt::format(R"(# fish completion for grapevine
# Whether the command is the one that is named; without a name, whether there is
# none yet.
function __grapevine_is
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end
complete -c grapevine -f
complete -c grapevine -n '__grapevine_is ""' -s h -l help -d 'Print this help message and exit'
complete -c grapevine -n '__grapevine_is ""' -l version -d 'Display program version information and exit'
{})",
                     lines);
}

} // namespace grapevine::app
