#pragma once

#include <span>
#include <string_view>

namespace grapevine::app {

/// A scenario that the program brings with it.
struct scenario_example {
  std::string_view name;
  /// Its file.
  std::string_view text;
};

/// Those of sim/scenarios/, by name; the build makes a source of them.
std::span<const scenario_example> scenario_examples();

} // namespace grapevine::app
