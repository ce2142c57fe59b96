#include "app/assignments.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace grapevine::app {

namespace {

// Makes one of the parameters' names one that the user knows: where it was
// given, or else its option.
void rename_parameters(std::string& text, const assignments& given) {
  for (const auto& known : all_options()) {
    if (known.parameter.empty())
      continue;
    const auto place = text.find(known.parameter);
    if (place == std::string::npos)
      continue;
    const auto source = given.find(known.name);
    text.replace(place, known.parameter.size(),
                 source == given.end() ? "--" + known.name
                                       : source->second.origin);
  }
}

outcome<void> check_together(const settings& s, const assignments& given) {
  if (auto valid = gossip::validate(s.params); !valid) {
    auto text = std::move(valid.error().text);
    rename_parameters(text, given);
    return usage_error(std::move(text));
  }
  if (s.redial_max < s.redial_min)
    return usage_error("--redial-max must not be less than --redial-min");
  return {};
}

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

// A text, or a list of them, as TOML writes them: the escapes are JSON's.
std::string toml_value(const option& known,
                       const std::vector<std::string>& values) {
  const auto quoted = [](const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', true,
                                     nlohmann::json::error_handler_t::replace);
  };
  if (!known.repeatable) {
    // Numbers and switches need no quotes, and read better without.
    const bool plain = known.placeholder == "N" || known.placeholder == "X";
    if (known.placeholder == "on|off")
      return values.front() == "on" ? "true" : "false";
    return plain ? values.front() : quoted(values.front());
  }
  std::string list;
  for (const auto& value : values)
    list += (list.empty() ? "" : ", ") + quoted(value);
  return "[" + list + "]";
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
  if (auto checked = check_together(s, given); !checked)
    return unexpected{checked.error()};
  return s;
}

assignments merged(assignments command_line, const assignments& config) {
  command_line.insert(config.begin(), config.end());
  return command_line;
}

std::string to_toml(const settings& s) {
  std::string text;
  std::string group;
  for (const auto& known : all_options()) {
    if (known.group != group)
      text += (group.empty() ? "# " : "\n# ") + known.group + "\n";
    group = known.group;
    const auto values = known.show(s);
    text += "\n# " + known.help + ".\n";
    // What is not set is shown as a comment.
    if (values.empty() && !known.repeatable)
      text += "# " + known.name + " = \"" + known.placeholder + "\"\n";
    else
      text += known.name + " = " + toml_value(known, values) + "\n";
  }
  return text;
}

} // namespace grapevine::app
