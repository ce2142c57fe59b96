#include "app/options/config_file.hpp"

#include "app/options/suggest.hpp"
#include "app/options/toml_values.hpp"

#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

outcome<assignments> read_table(const toml::table& table,
                                const std::string& name) {
  assignments given;
  for (const auto& [key, node] : in_order(table)) {
    const auto place = place_of(name, node->source());
    const auto* known = find_option(key);
    if (known == nullptr)
      return usage_error(
          fmt::format("{}: unknown key \"{}\"; the nearest known one is \"{}\"",
                      place, key, nearest(key, names_of(all_options()))));
    auto values = texts_of(*node, known->repeatable);
    if (!values)
      return usage_error(fmt::format("{}: {} must be {}", place, key,
                                     known->repeatable ? "a list of texts"
                                                       : "a single value"));
    given[key] = {*std::move(values), fmt::format("{}: {}", place, key), place};
  }
  return given;
}

} // namespace

outcome<assignments> parse_config(std::string_view text,
                                  const std::string& name) {
  const auto table = parse_toml(text, name);
  if (!table)
    return unexpected{table.error()};
  return read_table(*table, name);
}

outcome<assignments> read_config(const std::filesystem::path& file) {
  const auto text = read_text(file, "--config");
  if (!text)
    return unexpected{text.error()};
  return parse_config(*text, file.string());
}

} // namespace grapevine::app
