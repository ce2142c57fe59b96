#pragma once

#include "proto/expected.hpp"

#include <string>
#include <utility>

namespace grapevine::app {

/// How the program ends.
enum exit_code : int {
  /// It did what it was asked.
  success = 0,
  /// It could not do what it was asked.
  runtime_failure = 1,
  /// It was asked in a way that it does not understand.
  usage_failure = 2,
};

/// Why a command ends early: for people, and for who started it.
struct failure {
  exit_code code = runtime_failure;
  std::string text;
};

/// A value, or why the command ends without it.
template <class T>
using outcome = expected<T, failure>;

/// To be returned as an outcome.
inline unexpected<failure> usage_error(std::string text) {
  return unexpected{failure{usage_failure, std::move(text)}};
}

/// To be returned as an outcome.
inline unexpected<failure> runtime_error(std::string text) {
  return unexpected{failure{runtime_failure, std::move(text)}};
}

} // namespace grapevine::app
