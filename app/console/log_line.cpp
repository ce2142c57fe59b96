#include "app/console/log_line.hpp"

#include "app/console/terminal_text.hpp"
#include "app/options/option_values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace grapevine::app {

namespace {

using json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> taken_names{"time", "level", "event",
                                                      "more", "seconds"};

bool begins_name(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_in_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

struct found_field {
  log_field field;
  // Of the text, the field's own.
  std::size_t size = 0;
};

// The field that the text begins with.
std::optional<found_field> field_at(std::string_view text) {
  if (text.empty() || !begins_name(text.front()))
    return std::nullopt;
  const auto* const name_end = std::ranges::find_if_not(text, is_in_name);
  const auto size = static_cast<std::size_t>(name_end - text.begin());
  if (size + 1 >= text.size() || text[size] != '=')
    return std::nullopt;
  const auto name = text.substr(0, size);
  const auto rest = text.substr(size + 1);
  if (rest.front() == '"') {
    const auto end = rest.find('"', 1);
    if (end == std::string_view::npos)
      return std::nullopt;
    return found_field{{name, rest.substr(1, end - 1), true}, size + end + 2};
  }
  auto value = rest.substr(0, rest.find(' '));
  // Of the sentence.
  const auto last = value.find_last_not_of(".:;,");
  if (last == std::string_view::npos)
    return std::nullopt;
  value = value.substr(0, last + 1);
  return found_field{{name, value, false}, size + 1 + value.size()};
}

bool is_new(std::string_view name, const std::vector<log_field>& fields) {
  return std::ranges::find(taken_names, name) == taken_names.end()
         && std::ranges::find(fields, name, &log_field::name) == fields.end();
}

// How far a quotation goes that the text begins with: all of it if it is open.
std::size_t quotation_size(std::string_view text) {
  const auto end = text.find('"', 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// How far it is to the end of a space, or to a quotation.
std::size_t word_size(std::string_view text) {
  const auto end = text.find_first_of(" \"");
  if (end == std::string_view::npos)
    return text.size();
  return end + (text[end] == ' ' ? 1 : 0);
}

// More digits than a double has would not come back as they were.
constexpr std::size_t longest_number = 15;

json value_of(const log_field& field) {
  const auto text = field.value;
  if (field.quoted || text.size() > longest_number)
    return text;
  if (text == "true" || text == "false")
    return text == "true";
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty()
      || (digits.size() > 1 && digits[0] == '0' && digits[1] != '.')
      || digits.find_first_not_of("0123456789.") != std::string_view::npos
      || digits.front() == '.' || digits.back() == '.')
    return text;
  const auto whole = [&](auto number) -> std::optional<json> {
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end)
      return std::nullopt;
    return json(number);
  };
  if (auto number = whole(std::int64_t{}))
    return *number;
  return whole(double{}).value_or(json(text));
}

} // namespace

log_line parse_log_line(std::string_view text) {
  log_line line;
  bool begins_word = true;
  while (!text.empty()) {
    if (const auto found = begins_word ? field_at(text) : std::nullopt;
        found && is_new(found->field.name, line.fields)) {
      line.fields.push_back(found->field);
      text.remove_prefix(found->size);
      if (line.event.ends_with(' '))
        line.event.pop_back();
      begins_word = false;
      continue;
    }
    // On to what may be the next one.
    const auto size =
        text.front() == '"' ? quotation_size(text) : word_size(text);
    line.event += text.substr(0, size);
    begins_word = text[size - 1] == ' ';
    text.remove_prefix(size);
  }
  if (line.event.starts_with(' '))
    line.event.erase(0, 1);
  return line;
}

std::string log_level_name(spdlog::level::level_enum level) {
  return value_text<spdlog::level::level_enum>::format(level);
}

std::string json_log_line(std::string_view time,
                          spdlog::level::level_enum level,
                          std::string_view text, const repeats& more) {
  const auto line = parse_log_line(text);
  json object{
      {"time", time}, {"level", log_level_name(level)}, {"event", line.event}};
  for (const auto& field : line.fields)
    object[std::string{field.name}] = value_of(field);
  if (more.count > 0) {
    object["more"] = more.count;
    object["seconds"] = more.within.count();
  }
  return for_terminal(
      object.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string plain_log_text(std::string_view text, const repeats& more) {
  auto plain = for_terminal(text);
  if (more.count > 0)
    plain +=
        fmt::format(" ... {} more in {} s", more.count, more.within.count());
  return plain;
}

} // namespace grapevine::app
