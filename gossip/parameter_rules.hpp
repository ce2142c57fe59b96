#pragma once

#include "gossip/parameters.hpp"

#include <chrono>
#include <cmath>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

/// What `validate` functions of parameters are made of.
namespace grapevine::gossip::rules {

/// The error of a rule that is broken.
using finding = std::optional<parameter_error>;

/// What a parameter is called: its field, for people, and its option, which
/// identifies it.
class parameter_name {
public:
  /// `heartbeat_interval`, perhaps with a letter or clause behind a space; its
  /// option is `heartbeat-interval`.
  constexpr parameter_name(const char* field) : field_{field} {}
  /// One whose option has another name.
  constexpr parameter_name(const char* field, const char* option)
      : field_{field}, option_{option} {}

  std::string_view field() const { return field_; }
  std::string id() const;

private:
  std::string_view field_;
  std::string_view option_;
};

/// A parameter and its value.
template <class T>
struct named {
  parameter_name name;
  T value;
};

template <class T>
named(parameter_name, T) -> named<T>;

template <class Rep, class Period>
std::ostream& operator<<(std::ostream& os,
                         std::chrono::duration<Rep, Period> value) {
  const std::chrono::duration<double> seconds = value;
  return os << seconds.count() << " s";
}

/// Makes the text of an error, and knows where it names parameters.
class error_text {
public:
  error_text& operator<<(const parameter_name& name);
  template <class T>
  error_text& operator<<(const T& value) {
    std::ostringstream text;
    text << value;
    error_.text += text.str();
    return *this;
  }
  parameter_error error() && { return std::move(error_); }

private:
  parameter_error error_;
};

template <class T>
finding broken(const named<T>& what, std::string_view rule) {
  error_text text;
  text << what.name << " is " << what.value << " but must " << rule;
  return std::move(text).error();
}

/// Of a rule that ends in another parameter: `not exceed`.
template <class T>
finding broken(const named<T>& what, std::string_view rule,
               const named<T>& bound) {
  error_text text;
  text << what.name << " is " << what.value << " but must " << rule << ' '
       << bound.name << ", which is " << bound.value;
  return std::move(text).error();
}

/// The same error, of a part that `where` names.
finding within(std::string_view where, finding error);

template <class T>
finding at_most(const named<T>& what, const named<T>& bound) {
  // Written so that a NaN breaks the rule.
  if (what.value <= bound.value)
    return std::nullopt;
  return broken(what, "not exceed", bound);
}

template <class T>
finding not_negative(parameter_name name, T value) {
  if (value >= T{})
    return std::nullopt;
  return broken(named{name, value}, "not be negative");
}

template <class T>
finding positive(parameter_name name, T value) {
  if (value > T{})
    return std::nullopt;
  return broken(named{name, value}, "be greater than 0");
}

/// A finite number that is not negative: a weight that rewards, a threshold.
inline finding reward(parameter_name name, double value) {
  if (std::isfinite(value) && value >= 0)
    return std::nullopt;
  return broken(named{name, value}, "be a finite number that is not negative");
}

/// A finite number that is not positive: a weight that penalises.
inline finding penalty(parameter_name name, double value) {
  if (std::isfinite(value) && value <= 0)
    return std::nullopt;
  return broken(named{name, value}, "be a finite number that is not positive");
}

/// Between 0 and 1, neither of them.
inline finding fraction(parameter_name name, double value) {
  if (value > 0 && value < 1)
    return std::nullopt;
  return broken(named{name, value}, "be greater than 0 and less than 1");
}

/// The first of these rules that is broken.
template <class... Rules>
finding first_of(Rules... rules) {
  finding result;
  static_cast<void>(((result = rules()) || ...));
  return result;
}

} // namespace grapevine::gossip::rules
