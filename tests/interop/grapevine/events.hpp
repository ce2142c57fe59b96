#pragma once

#include "gossip/message/message.hpp"
#include "messages/api.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace grapevine::interop {

/// Writes one event as a line; on any thread.
void emit(const nlohmann::json& event);

void emit_error(const std::string& text);

void emit_message(const gossip::message& msg);

void emit_node_event(const node_event& what);

/// In lower case.
std::string hex(bytes_view data);

} // namespace grapevine::interop
