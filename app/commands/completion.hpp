#pragma once

#include "proto/expected.hpp"

#include <string>
#include <vector>

namespace grapevine::app {

/// An option or a positional argument, as a shell completes it.
struct completed_value {
  /// Without the dashes.
  std::string name;
  /// In a line.
  std::string help;
  /// What stands for the value: `N`. Empty of a flag, which has none.
  std::string placeholder;
  /// The values, if these are few.
  std::vector<std::string> choices;
  /// The values are files.
  bool path = false;
  /// May be given several times.
  bool repeatable = false;
};

/// A command, as a shell completes it.
struct completed_command {
  std::string name;
  std::string help;
  std::vector<completed_value> options;
  std::vector<completed_value> arguments;
};

/// All of them, read off the command line that the program itself parses.
std::vector<completed_command> completed_commands();

/// Words with blanks between them.
std::string joined(const std::vector<std::string>& words);

// The script of each shell.
std::string bash_completion(const std::vector<completed_command>& commands);
std::string zsh_completion(const std::vector<completed_command>& commands);
std::string fish_completion(const std::vector<completed_command>& commands);

/// The shells that there is a script for.
std::vector<std::string> completion_shells();

/// The script that completes the program's command lines in a shell, or why
/// there is none.
expected<std::string, std::string> completion_script(const std::string& shell);

} // namespace grapevine::app
