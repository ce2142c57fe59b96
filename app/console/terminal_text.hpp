#pragma once

#include <string>
#include <string_view>

namespace grapevine::app {

/// What strangers wrote, fit for a terminal: control characters (C0, DEL, C1),
/// characters that change the direction of writing or break the line, and bytes
/// that are no UTF-8 are escaped as `\x1b` or `\u009b`; tabs stay. So nobody
/// makes a terminal do anything, or one message look like two. A JSON object
/// without line feeds stays one.
std::string for_terminal(std::string_view text);

} // namespace grapevine::app
