#pragma once

#include "app/options/options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace grapevine::app {

/// Whether a setting is a list: its option can be given several times.
template <class T>
inline constexpr bool is_list = false;

template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

/// What one text stands for, in a setting of this type.
template <class T>
struct element {
  using type = T;
};

template <class T>
struct element<std::vector<T>> : element<T> {};

template <class T>
struct element<std::optional<T>> : element<T> {};

template <class Field, class T>
void assign(Field& field, T value) {
  if constexpr (is_list<Field>)
    field.push_back(std::move(value));
  else
    field = std::move(value);
}

template <class T>
std::vector<std::string> shown(const T& field) {
  return {value_text<T>::format(field)};
}

template <class T>
std::vector<std::string> shown(const std::optional<T>& field) {
  return field ? shown(*field) : std::vector<std::string>{};
}

template <class T>
std::vector<std::string> shown(const std::vector<T>& field) {
  std::vector<std::string> texts;
  texts.reserve(field.size());
  for (const auto& value : field)
    texts.push_back(value_text<T>::format(value));
  return texts;
}

/// Makes the table of the options: the members of `settings` give what is not
/// said here.
class option_table {
public:
  option_table& heading(std::string text) {
    group_ = std::move(text);
    return *this;
  }

  /// `field` finds the setting in `settings`.
  template <class Field>
  option_table& add(std::string name, std::string placeholder, std::string help,
                    Field field, std::string parameter = {}) {
    using type =
        std::remove_reference_t<decltype(field(std::declval<settings&>()))>;
    using text = value_text<typename element<type>::type>;
    option entry;
    entry.name = std::move(name);
    entry.placeholder = std::move(placeholder);
    entry.help = std::move(help);
    entry.repeatable = is_list<type>;
    entry.parameter = std::move(parameter);
    if constexpr (requires { text::choices(); })
      entry.choices = text::choices();
    entry.set = [field](settings& s,
                        std::string_view value) -> expected<void, std::string> {
      auto read = text::parse(value);
      if (!read)
        return unexpected{read.error()};
      assign(field(s), *std::move(read));
      return {};
    };
    entry.show = [field](const settings& s) {
      return shown(field(const_cast<settings&>(s)));
    };
    return add(std::move(entry));
  }

  /// One that is made elsewhere.
  option_table& add(option entry) {
    entry.group = group_;
    options.push_back(std::move(entry));
    return *this;
  }

  option_table& only(scope where) {
    options.back().where = where;
    return *this;
  }

  option_table& fallback(std::string text) {
    options.back().fallback = std::move(text);
    return *this;
  }

  std::vector<option> options;

private:
  std::string group_;
};

/// The options of whose subscriptions, and what messages, are taken.
void add_filter_options(option_table& t);

/// The options of scores.
void add_score_options(option_table& t);

} // namespace grapevine::app
