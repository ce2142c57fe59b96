#pragma once

#include "app/http/api.hpp"

#include <optional>
#include <string>

// What answers each path.

namespace grapevine::app::http {

/// How long the node may take to tell of itself.
inline constexpr std::chrono::seconds node_patience{10};

/// Answers with what has gone wrong in the node.
void answer_failure(const call& asked, const caf::error& why);

/// The topic that a request is about; nothing: it has been answered that it
/// names none.
std::optional<std::string> topic_of(const call& asked);

/// GET /healthz: whether the node answers.
void answer_health(const api_options& o, const call_ptr& asked);

/// GET /readyz: whether it listens and has peers enough.
void answer_readiness(const api_options& o, const call_ptr& asked);

/// GET /metrics.
void answer_metrics(const api_options& o, const call_ptr& asked);

/// GET / and its files: the live page.
void answer_page(const api_options& o, const call_ptr& asked);

// -- /api/v1 ------------------------------------------------------------------

/// GET openapi.json: what is there, for programs.
void answer_openapi(const api_options& o, const call_ptr& asked);

/// GET node, peers, topics: the node's state.
void answer_node(const api_options& o, const call_ptr& asked);
void answer_peers(const api_options& o, const call_ptr& asked);
void answer_topics(const api_options& o, const call_ptr& asked);

/// GET and PUT log-level, with the level as JSON.
void answer_log_level(const api_options& o, const call_ptr& asked);
void answer_set_log_level(const api_options& o, const call_ptr& asked);

/// POST publish?topic=NAME, the message as the body.
void answer_publish(const api_options& o, const call_ptr& asked);

/// GET subscribe?topic=NAME: its messages, until the client ends it.
void answer_subscribe(const api_options& o, const call_ptr& asked);

/// GET events: what happens to peers, until the client ends it.
void answer_events(const api_options& o, const call_ptr& asked);

/// POST connect, with the address as JSON.
void answer_connect(const api_options& o, const call_ptr& asked);

/// POST disconnect, block, unblock, allow, disallow, with the peer as JSON.
void answer_disconnect(const api_options& o, const call_ptr& asked);
void answer_block(const api_options& o, const call_ptr& asked);
void answer_unblock(const api_options& o, const call_ptr& asked);
void answer_allow(const api_options& o, const call_ptr& asked);
void answer_disallow(const api_options& o, const call_ptr& asked);

} // namespace grapevine::app::http
