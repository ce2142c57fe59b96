#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// The candidate that `text` was most likely meant to be; empty if there is no
/// candidate.
std::string nearest(std::string_view text,
                    const std::vector<std::string>& candidates);

/// `a`, `a or b`, `a, b or c`.
std::string any_of(const std::vector<std::string>& choices);

} // namespace grapevine::app
