#pragma once

#include "app/http/message.hpp"
#include "app/http/page_files.hpp"

#include <string_view>

namespace grapevine::app::http {

/// The file that a path names; none: nullptr.
const page_file* find_page_file(std::string_view path);

/// Whether a client that sends this as Accept-Encoding takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// The answer with a file, or that the client's copy of it is still the one.
response page_response(const page_file& file, const request& asked);

} // namespace grapevine::app::http
