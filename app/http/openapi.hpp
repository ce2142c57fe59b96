#pragma once

#include <string_view>

namespace grapevine::app::http {

/// The description of the API, as OpenAPI 3.1 has it: JSON. Tests hold each
/// path and each answer against it.
std::string_view openapi_document();

} // namespace grapevine::app::http
