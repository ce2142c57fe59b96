#pragma once

#include "actors/node_config.hpp"
#include "messages/api.hpp"

#include <optional>
#include <string>

namespace grapevine {

/// Whether a function or an actor of it is empty, so that nobody can be asked.
bool has_empty_judge(const topic_validation& how);

/// Which function or actor that a node is made with is empty, for people;
/// nothing if none is.
std::optional<std::string> empty_handle(const node_config& config);

} // namespace grapevine
