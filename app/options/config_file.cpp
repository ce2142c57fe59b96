#include "app/options/config_file.hpp"

#include "app/options/suggest.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace grapevine::app {

namespace {

std::string place_of(const std::string& name, const toml::source_region& at) {
  return fmt::format("{}:{}", name, at.begin.line);
}

// A value as the command line would have it.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string())
    return text->get();
  if (const auto* number = node.as_integer())
    return std::to_string(number->get());
  if (const auto* number = node.as_floating_point())
    return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean())
    return flag->get() ? "true" : "false";
  return std::nullopt;
}

std::optional<std::vector<std::string>> texts_of(const toml::node& node,
                                                 bool list) {
  const auto* array = list ? node.as_array() : nullptr;
  if (array == nullptr) {
    auto text = text_of(node);
    return text ? std::optional{std::vector{*std::move(text)}} : std::nullopt;
  }
  std::vector<std::string> texts;
  for (const auto& entry : *array) {
    auto text = text_of(entry);
    if (!text)
      return std::nullopt;
    texts.push_back(*std::move(text));
  }
  return texts;
}

// The table's entries as they stand in the file.
std::vector<std::pair<std::string, const toml::node*>>
in_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, node] : table)
    entries.emplace_back(std::string{key.str()}, &node);
  std::stable_sort(
      entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return a.second->source().begin.line < b.second->source().begin.line;
      });
  return entries;
}

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
  try {
    return read_table(toml::parse(text, name), name);
  } catch (const toml::parse_error& e) {
    return usage_error(
        fmt::format("{}: {}", place_of(name, e.source()), e.description()));
  }
}

outcome<assignments> read_config(const std::filesystem::path& file) {
  const auto unreadable = [&file](int code) {
    return usage_error(fmt::format("--config: \"{}\": cannot be read: {}",
                                   file.string(), std::strerror(code)));
  };
  // A folder can be opened, but to read it throws.
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return unreadable(EISDIR);
  errno = 0;
  const std::ifstream in{file, std::ios::binary};
  if (!in.is_open())
    return unreadable(errno);
  std::ostringstream text;
  text << in.rdbuf();
  return parse_config(text.str(), file.string());
}

} // namespace grapevine::app
