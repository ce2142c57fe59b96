#pragma once

#include "app/options/option_values.hpp"
#include "app/options/suggest.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// What a word stands for; tables of these are types of few values.
template <class T>
struct choice {
  std::string_view text;
  T value;
};

template <class T, std::size_t N>
std::vector<std::string> texts_of(const std::array<choice<T>, N>& table) {
  std::vector<std::string> texts;
  texts.reserve(N);
  for (const auto& entry : table)
    texts.emplace_back(entry.text);
  return texts;
}

template <class T, std::size_t N>
parsed<T> find_choice(const std::array<choice<T>, N>& table,
                      std::string_view text) {
  for (const auto& entry : table)
    if (entry.text == text)
      return entry.value;
  return unexpected{"must be " + any_of(texts_of(table))};
}

template <class T, std::size_t N>
std::string text_of(const std::array<choice<T>, N>& table, T value) {
  for (const auto& entry : table)
    if (entry.value == value)
      return std::string{entry.text};
  return "?";
}

} // namespace grapevine::app
