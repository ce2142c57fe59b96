#pragma once

#include "app/options/settings.hpp"
#include "proto/expected.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// Which commands take an option, and whose configuration file sets it.
enum class scope {
  /// run, sub and pub.
  every_node,
  /// The same; but sub and pub, which are not the node that the file is about,
  /// take it from the command line only.
  own_node,
  /// run alone: sub and pub name their topics as arguments.
  run_only,
};

/// One thing that can be configured. The table of these is what the command
/// line, its help, configuration files, their errors and the shell completion
/// are made of.
struct option {
  /// `mesh-d`: `--mesh-d` on the command line, `mesh-d = …` in a file.
  std::string name;
  /// Stands for the value in the help: `ADDR`.
  std::string placeholder;
  /// Heading in the help.
  std::string group;
  /// One line without the default.
  std::string help;
  /// Can be given several times; a list in a file.
  bool repeatable = false;
  scope where = scope::every_node;
  /// All values, if these are few.
  std::vector<std::string> choices;
  /// What is in force without it, where `show` has nothing to say of that.
  std::string fallback;
  /// How the errors of `gossip::validate` call it; empty for others.
  std::string parameter;
  /// Sets it, or adds to a repeatable one; without a value, what is wrong.
  std::function<expected<void, std::string>(settings&, std::string_view)> set;
  /// Its values, as `set` reads them.
  std::function<std::vector<std::string>(const settings&)> show;
};

/// All options, in the order of the help.
const std::vector<option>& all_options();

/// The option of that name, or null.
const option* find_option(std::string_view name);

} // namespace grapevine::app
