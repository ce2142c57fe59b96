#include "app/options/assignments.hpp"

#include "app/options/settings_check.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace grapevine::app {

namespace {

outcome<void> apply(settings& s, const option& known, const assignment& given) {
  if (!known.repeatable && given.values.size() != 1)
    return usage_error(given.origin + " is given "
                       + std::to_string(given.values.size())
                       + " times, but has one value");
  for (const auto& value : given.values)
    if (auto set = known.set(s, value); !set)
      return usage_error(given.origin + ": \"" + value + "\": " + set.error());
  return {};
}

// A value, or a list of texts, as TOML writes them: the escapes are JSON's.
// Numbers and switches need no quotes, and read better without.
std::string toml_value(const option& known,
                       const std::vector<std::string>& values) {
  const auto quoted = [](const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', true,
                                     nlohmann::json::error_handler_t::replace);
  };
  if (!known.repeatable)
    switch (known.kind) {
    case option_kind::flag:
      return values.front() == "on" ? "true" : "false";
    case option_kind::number:
    case option_kind::real:
      return values.front();
    default:
      return quoted(values.front());
    }
  std::string list;
  for (const auto& value : values)
    list += (list.empty() ? "" : ", ") + quoted(value);
  return "[" + list + "]";
}

// What is not set is shown as a comment: as it is in force, if that is known.
std::string toml_entry(const option& known, const settings& s,
                       const assignments& given) {
  auto values = known.show(s);
  const bool missing = values.empty() && !known.repeatable;
  const auto source = given.find(known.name);
  auto text = "\n# " + known.help + ".\n# ";
  if (source != given.end())
    text += "From " + source->second.source + ".\n";
  else
    text += missing && known.in_force ? "As score-profile has it.\n"
            : missing                 ? "Not set.\n"
                                      : "Default.\n";
  if (missing)
    values =
        known.in_force ? known.in_force(s) : std::vector{known.placeholder};
  return text + (missing ? "# " : "") + known.name + " = "
         + toml_value(known, values) + "\n";
}

} // namespace

outcome<settings> make_settings(const assignments& given) {
  settings s;
  for (const auto& known : all_options()) {
    const auto found = given.find(known.name);
    if (found == given.end())
      continue;
    if (auto applied = apply(s, known, found->second); !applied)
      return unexpected{applied.error()};
  }
  complete_scoring(s);
  if (auto checked = check_settings(s, given); !checked)
    return unexpected{checked.error()};
  return s;
}

assignments merged(assignments command_line, const assignments& config) {
  command_line.insert(config.begin(), config.end());
  return command_line;
}

std::string to_toml(const settings& s, const assignments& given) {
  std::string text;
  std::string group;
  for (const auto& known : all_options()) {
    if (known.group != group)
      text += (group.empty() ? "# " : "\n# ") + known.group + "\n";
    group = known.group;
    text += toml_entry(known, s, given);
  }
  return text;
}

} // namespace grapevine::app
