#include "app/options/setting_changes.hpp"

namespace grapevine::app {

shown_settings show_all(const settings& s) {
  shown_settings result;
  for (const auto& known : all_options())
    result[known.name] = known.show(s);
  return result;
}

setting_changes take_live(shown_settings& in_force, const settings& next) {
  setting_changes result;
  for (const auto& known : all_options()) {
    auto& before = in_force[known.name];
    auto after = known.show(next);
    if (before == after)
      continue;
    (known.live ? result.live : result.fixed).push_back(known.name);
    if (known.live)
      before = std::move(after);
  }
  return result;
}

} // namespace grapevine::app
