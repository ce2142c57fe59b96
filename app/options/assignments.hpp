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
};

/// By the option's name.
using assignments = std::map<std::string, assignment>;

/// The settings that these make of the defaults. Checks each value, and that
/// all go together.
outcome<settings> make_settings(const assignments& given);

/// `config` where `command_line` says nothing.
assignments merged(assignments command_line, const assignments& config);

/// A configuration file that makes these settings, with comments.
std::string to_toml(const settings& s);

} // namespace grapevine::app
