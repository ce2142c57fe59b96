#include "tests/interop/implementation.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <unistd.h>

namespace grapevine::interop {

namespace {

std::optional<std::string> environment(const std::string& name) {
  // Nothing in this program changes the environment.
  const char* value =
      std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr)
    return std::nullopt;
  return value;
}

std::optional<implementation> if_executable(std::string name,
                                            std::filesystem::path program) {
  if (program.empty() || ::access(program.c_str(), X_OK) != 0)
    return std::nullopt;
  return implementation{std::move(name), std::move(program)};
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::toupper(c));
  });
  return text;
}

} // namespace

std::optional<implementation> find_subject() {
  if (auto program = environment("INTEROP_SUBJECT"))
    return if_executable("subject", *program);
#ifdef GRAPEVINE_PEER_PATH
  return if_executable("grapevine", GRAPEVINE_PEER_PATH);
#else
  return std::nullopt;
#endif
}

std::optional<implementation> find_peer(const std::string& language) {
  if (auto program = environment("GRAPEVINE_INTEROP_" + upper_case(language)))
    return if_executable(language, *program);
  if (auto folder = environment("INTEROP_BUILD_DIR"))
    return if_executable(language,
                         std::filesystem::path{*folder} / language / "peer");
  return std::nullopt;
}

bool in_continuous_integration() {
  return environment("CI") == "true";
}

} // namespace grapevine::interop
