#include "app/client/answer_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>

namespace grapevine::app::client {

using nlohmann::json;

const json& at(const json& of, const char* name) {
  static const json nothing;
  const auto found = of.is_object() ? of.find(name) : of.end();
  return of.is_object() && found != of.end() ? *found : nothing;
}

std::string text_at(const json& of, const char* name) {
  const auto& value = at(of, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<double> real_at(const json& of, const char* name) {
  const auto& value = at(of, name);
  return value.is_number() ? std::optional{value.get<double>()} : std::nullopt;
}

double real_or_zero(const json& of, const char* name) {
  return real_at(of, name).value_or(0);
}

std::string count_at(const json& of, const char* name) {
  const auto value = real_at(of, name);
  return value ? fmt::format("{:.0f}", *value) : "-";
}

std::string flag_at(const json& of, const char* name) {
  const auto& value = at(of, name);
  return value.is_boolean() ? (value.get<bool>() ? "yes" : "no") : "-";
}

std::string size_at(const json& of, const char* name) {
  const auto& value = at(of, name);
  return value.is_array() ? std::to_string(value.size()) : "-";
}

std::string real_text(std::optional<double> value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

std::string bytes_text(double bytes) {
  constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB",
                                                  "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit)
    bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string time_text(double seconds) {
  struct unit {
    std::int64_t seconds;
    char name;
  };
  constexpr std::array<unit, 4> units{
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  auto left = static_cast<std::int64_t>(std::max(seconds, 0.0));
  for (std::size_t i = 0; i + 1 < units.size(); ++i)
    if (left >= units[i].seconds)
      return fmt::format("{}{} {}{}", left / units[i].seconds, units[i].name,
                         left % units[i].seconds / units[i + 1].seconds,
                         units[i + 1].name);
  return fmt::format("{}s", left);
}

} // namespace grapevine::app::client
