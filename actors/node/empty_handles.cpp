#include "actors/node/empty_handles.hpp"

#include "actors/context.hpp"

#include <algorithm>

namespace grapevine {

namespace {

constexpr auto is_empty = [](const auto& one) { return !one; };

} // namespace

bool has_empty_judge(const topic_validation& how) {
  return std::ranges::any_of(how.functions, is_empty)
         || std::ranges::any_of(how.actors, is_empty);
}

std::optional<std::string> empty_handle(const node_config& config) {
  for (const auto& [topic, how] : config.validation)
    if (has_empty_judge(how))
      return "a validator of \"" + escaped(topic) + "\" is empty";
  if (std::ranges::any_of(config.trace_receivers, is_empty))
    return "the handle of a receiver of traces is empty";
  return std::nullopt;
}

} // namespace grapevine
