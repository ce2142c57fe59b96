#pragma once

#include "tests/interop/scenario.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <map>
#include <string>

namespace grapevine::interop {

/// Who takes part in a case of two: the implementation under test and another.
struct pairing {
  implementation subject;
  implementation other;
};

/// Runs a case between the subject and the peer of one language, or reports
/// loudly that it is left out because that peer was not built. With `CI=true`
/// that is a failure; a missing subject always is.
void run_case(const std::string& language, void (*body)(const pairing&));

/// All implementations, the subject's under the name `subject`.
using everyone = std::map<std::string, implementation>;

/// Runs a case that needs the peers of these languages, like `run_case`.
void run_mixed_case(std::initializer_list<std::string> languages,
                    void (*body)(const everyone&));

} // namespace grapevine::interop

/// Adds one test case per language for `body`, a function that takes a
/// `pairing`.
#define GRAPEVINE_INTEROP_CASE(title, body)                                    \
  TEST_CASE("go: " title, "[go]") {                                            \
    ::grapevine::interop::run_case("go", body);                                \
  }                                                                            \
  TEST_CASE("rust: " title, "[rust]") {                                        \
    ::grapevine::interop::run_case("rust", body);                              \
  }                                                                            \
  TEST_CASE("js: " title, "[js]") {                                            \
    ::grapevine::interop::run_case("js", body);                                \
  }                                                                            \
  TEST_CASE("py: " title, "[py]") {                                            \
    ::grapevine::interop::run_case("py", body);                                \
  }

/// The same for what py-libp2p has not, see the README.
#define GRAPEVINE_INTEROP_NO_PY_CASE(title, body)                              \
  TEST_CASE("go: " title, "[go]") {                                            \
    ::grapevine::interop::run_case("go", body);                                \
  }                                                                            \
  TEST_CASE("rust: " title, "[rust]") {                                        \
    ::grapevine::interop::run_case("rust", body);                              \
  }                                                                            \
  TEST_CASE("js: " title, "[js]") {                                            \
    ::grapevine::interop::run_case("js", body);                                \
  }

/// The same for what only the Go peer can be told.
#define GRAPEVINE_INTEROP_GO_CASE(title, body)                                 \
  TEST_CASE("go: " title, "[go]") {                                            \
    ::grapevine::interop::run_case("go", body);                                \
  }
