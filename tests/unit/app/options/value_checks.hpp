#pragma once

#include "app/options/option_values.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace grapevine::app {

/// A text is no value, and the error tells `says`.
template <class T>
void check_error(std::string_view text, const std::string& says) {
  INFO(text);
  const auto read = value_text<T>::parse(text);
  CHECK_THAT(error_of(read), Catch::Contains(says));
}

template <class T>
T value_of(std::string_view text) {
  INFO(text);
  const auto read = value_text<T>::parse(text);
  INFO((read ? "" : read.error()));
  REQUIRE(read);
  return *read;
}

/// A text is written as it is read.
template <class T>
void check_kept(std::string_view text) {
  CHECK(value_text<T>::format(value_of<T>(text)) == text);
}

} // namespace grapevine::app
