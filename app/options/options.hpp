#pragma once

#include "app/options/option_row.hpp"
#include "app/options/settings.hpp"

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

/// One thing that can be configured: `--mesh-d` on the command line, `mesh-d =
/// …` in a file. The table of these is what the command line, its help,
/// configuration files, their errors and the shell completion are made of.
struct option : option_row<settings> {
  /// Heading in the help.
  std::string group;
  /// One line without the default.
  std::string help;
  /// Stands for the value in the help: `ADDR`.
  std::string placeholder;
  scope where = scope::every_node;
  /// SIGHUP changes it while the node runs.
  bool live = false;
  /// Its values in force; empty: as `show` has them. Differs where another
  /// setting decides as long as it is not given.
  std::function<std::vector<std::string>(const settings&)> in_force;
  /// What is in force without it, where `show` has nothing to say of that.
  std::string fallback;
  /// The same where it depends on the command: run's, and that of sub and pub.
  std::string host_fallback;
  std::string guest_fallback;
};

/// All options, in the order of the help, which is the one in which they are
/// set.
const std::vector<option>& all_options();

/// The option of that name, or null.
const option* find_option(std::string_view name);

} // namespace grapevine::app
