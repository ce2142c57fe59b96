#include "app/http/target.hpp"

#include <algorithm>
#include <charconv>

namespace grapevine::app::http {

namespace {

std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const auto digits = text.substr(i + 1, 2);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(
        digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc{}
        || end != digits.data() + digits.size())
      return std::nullopt;
    result += static_cast<char>(value);
    i += 2;
  }
  return result;
}

// In a query, a plus may stand for a space.
std::optional<std::string> decoded_value(std::string_view text) {
  std::string spaced{text};
  std::ranges::replace(spaced, '+', ' ');
  return decoded(spaced);
}

} // namespace

std::optional<std::string> target::value(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::nullopt : std::optional{found->second};
}

expected<target, std::string> parse_target(std::string_view text) {
  const unexpected<std::string> broken{
      "a % in the request's target is not followed by two hexadecimal digits"};
  if (!text.starts_with('/'))
    return unexpected<std::string>{"the request's target must begin with a /"};
  const auto mark = std::min(text.find('?'), text.size());
  auto path = decoded(text.substr(0, mark));
  if (!path)
    return broken;
  target result{*std::move(path)};
  for (auto rest = text.substr(std::min(mark + 1, text.size()));
       !rest.empty();) {
    const auto one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const auto equals = std::min(one.find('='), one.size());
    auto name = decoded_value(one.substr(0, equals));
    auto value = decoded_value(one.substr(std::min(equals + 1, one.size())));
    if (!name || !value)
      return broken;
    result.query.emplace(*std::move(name), *std::move(value));
  }
  return result;
}

} // namespace grapevine::app::http
