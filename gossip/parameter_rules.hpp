#pragma once

#include "gossip/parameters.hpp"

#include <chrono>
#include <cmath>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

/// What `validate` functions of parameters are made of.
namespace grapevine::gossip::rules {

/// The error of a rule that is broken.
using verdict = std::optional<parameter_error>;

/// A parameter as it is told to people.
template <class T>
struct named {
  std::string_view name;
  T value;
};

template <class T>
named(std::string_view, T) -> named<T>;

template <class Rep, class Period>
std::ostream& operator<<(std::ostream& os,
                         std::chrono::duration<Rep, Period> value) {
  const std::chrono::duration<double> seconds = value;
  return os << seconds.count() << " s";
}

template <class T>
verdict broken(const named<T>& what, std::string_view rule) {
  std::ostringstream text;
  text << what.name << " is " << what.value << " but must " << rule;
  return parameter_error{text.str()};
}

template <class T>
verdict at_most(const named<T>& what, const named<T>& bound) {
  // Written so that a NaN breaks the rule.
  if (what.value <= bound.value)
    return std::nullopt;
  std::ostringstream rule;
  rule << "not exceed " << bound.name << ", which is " << bound.value;
  return broken(what, rule.str());
}

template <class T>
verdict not_negative(std::string_view name, T value) {
  if (value >= T{})
    return std::nullopt;
  return broken(named{name, value}, "not be negative");
}

template <class T>
verdict positive(std::string_view name, T value) {
  if (value > T{})
    return std::nullopt;
  return broken(named{name, value}, "be greater than 0");
}

/// A finite number that is not negative: a weight that rewards, a threshold.
inline verdict reward(std::string_view name, double value) {
  if (std::isfinite(value) && value >= 0)
    return std::nullopt;
  return broken(named{name, value}, "be a finite number that is not negative");
}

/// A finite number that is not positive: a weight that penalises.
inline verdict penalty(std::string_view name, double value) {
  if (std::isfinite(value) && value <= 0)
    return std::nullopt;
  return broken(named{name, value}, "be a finite number that is not positive");
}

/// Between 0 and 1, neither of them.
inline verdict fraction(std::string_view name, double value) {
  if (value > 0 && value < 1)
    return std::nullopt;
  return broken(named{name, value}, "be greater than 0 and less than 1");
}

/// The first of these rules that is broken.
template <class... Rules>
verdict first_of(Rules... rules) {
  verdict result;
  static_cast<void>(((result = rules()) || ...));
  return result;
}

} // namespace grapevine::gossip::rules
