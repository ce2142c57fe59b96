#pragma once

#include <string>
#include <string_view>

namespace grapevine::app {

/// Appends a text as a JSON string (RFC 8259), as nlohmann-json writes it; what
/// is no UTF-8 is replaced by U+FFFD. For what is written very often: there is
/// no value between text and JSON.
void append_json_string(std::string& out, std::string_view text);

} // namespace grapevine::app
