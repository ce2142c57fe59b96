#pragma once

#include "app/failure.hpp"
#include "app/options/options.hpp"

#include <map>
#include <string>
#include <vector>

namespace grapevine::app {

/// What one source says of an option.
struct assignment {
  std::vector<std::string> values;
  /// For errors: `--mesh-d`, or `node.toml:3: mesh-d`.
  std::string origin;
  /// Where that is: `the command line`, or `node.toml:3`.
  std::string source{};
};

/// By the option's name.
using assignments = std::map<std::string, assignment>;

/// The settings that these make of the defaults. Checks each value, and that
/// all go together.
outcome<settings> make_settings(const assignments& given);

/// `config` where `command_line` says nothing.
assignments merged(assignments command_line, const assignments& config);

/// A configuration file that makes these settings, with comments: of each where
/// it is from (`given`, or it is a default), and in force where another setting
/// decides.
std::string to_toml(const settings& s, const assignments& given);

} // namespace grapevine::app
