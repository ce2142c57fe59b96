#pragma once

#include "messages/api.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app {

/// Lower-case hexadecimal digits.
std::string to_hex(bytes_view data);

/// Base64 with padding (RFC 4648).
std::string to_base64(bytes_view data);
std::optional<bytes> from_base64(std::string_view text);

/// A moment in UTC with milliseconds (RFC 3339).
std::string to_rfc3339(std::chrono::system_clock::time_point when);

/// A received message as one JSON object without line feeds: topic, from,
/// seqno, id, data, text, received. Absent fields are null; `text` is there
/// only when the data are UTF-8.
std::string to_json(const message_delivered& delivered);
void append_json(std::string& out, const message_delivered& delivered);

} // namespace grapevine::app
