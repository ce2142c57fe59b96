#pragma once

#include "app/options/options.hpp"

#include <map>
#include <string>
#include <vector>

namespace grapevine::app {

/// Settings as texts, by the options' names.
using shown_settings = std::map<std::string, std::vector<std::string>>;

shown_settings show_all(const settings& s);

/// Names of options whose settings have changed.
struct setting_changes {
  /// They are in force from now on.
  std::vector<std::string> live;
  /// They will be after a restart.
  std::vector<std::string> fixed;
};

/// What is different in `next` from what is `in_force`, which takes over what
/// can be changed while the node runs.
setting_changes take_live(shown_settings& in_force, const settings& next);

} // namespace grapevine::app
