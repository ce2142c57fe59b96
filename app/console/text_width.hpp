#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace grapevine::app {

/// How many columns of a terminal a text takes: of `for_terminal`'s, in which
/// nothing moves the cursor.
std::size_t text_width(std::string_view text);

/// As much of it as fits; what is left out is an ellipsis.
std::string cut_to_width(std::string_view text, std::size_t width);

} // namespace grapevine::app
