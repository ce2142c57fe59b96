#include "app/options/toml_values.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace grapevine::app {

std::string place_of(const std::string& name, const toml::source_region& at) {
  return fmt::format("{}:{}", name, at.begin.line);
}

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

outcome<std::string> read_text(const std::filesystem::path& file,
                               const std::string& what) {
  const auto unreadable = [&](int code) {
    return usage_error(fmt::format("{}: \"{}\": cannot be read: {}", what,
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
  return text.str();
}

outcome<toml::table> parse_toml(std::string_view text,
                                const std::string& name) {
  try {
    return toml::table{toml::parse(text, name)};
  } catch (const toml::parse_error& e) {
    return usage_error(
        fmt::format("{}: {}", place_of(name, e.source()), e.description()));
  }
}

} // namespace grapevine::app
