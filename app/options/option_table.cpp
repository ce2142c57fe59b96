#include "app/options/option_table.hpp"

#include <fmt/format.h>

namespace grapevine::app {

namespace {

using set_result = expected<void, std::string>;

} // namespace

option_table& option_table::at_least(std::size_t least) {
  auto& set = options.back().set;
  set = [set, least](settings& s, std::string_view text) -> set_result {
    if (const auto read = value_text<std::size_t>::parse(text);
        read && *read < least)
      return unexpected{fmt::format("must be at least {}", least)};
    return set(s, text);
  };
  return *this;
}

option_table& option_table::then(void (*follow)(settings&)) {
  auto& set = options.back().set;
  set = [set, follow](settings& s, std::string_view text) -> set_result {
    auto done = set(s, text);
    if (done)
      follow(s);
    return done;
  };
  return *this;
}

option_table& option_table::each_live(void (*rows)(option_table&)) {
  const auto first = options.size();
  rows(*this);
  for (auto i = first; i < options.size(); ++i)
    options[i].live = true;
  return *this;
}

void option_table::show_if_given(option& row, const std::string& whose) {
  row.fallback = whose + row.show(settings{}).front();
  row.set = [set = row.set, normalise = row.normalise, name = row.name](
                settings& s, std::string_view text) -> set_result {
    auto done = set(s, text);
    if (done)
      s.given.insert_or_assign(name, normalise(text).value());
    return done;
  };
  row.in_force = row.show;
  row.show = [name = row.name](const settings& s) -> std::vector<std::string> {
    const auto found = s.given.find(name);
    if (found == s.given.end())
      return {};
    return {found->second};
  };
}

option_table& option_table::if_given(const std::string& whose) {
  show_if_given(options.back(), whose);
  return *this;
}

option_table& option_table::each_if_given(const std::string& whose,
                                          void (*rows)(option_table&)) {
  const auto first = options.size();
  rows(*this);
  for (auto i = first; i < options.size(); ++i)
    show_if_given(options[i], whose);
  return *this;
}

} // namespace grapevine::app
