#pragma once

#include "messages/api.hpp"

#include <chrono>
#include <string>

// What the API tells of a node, as JSON. Whatever a peer's bytes are, it is
// valid: what is no UTF-8 is replaced.

namespace grapevine::app::http {

/// What a node does not say of itself.
struct program_facts {
  std::string version;
  std::string agent;
  std::chrono::system_clock::time_point started;
  std::chrono::system_clock::time_point now;
};

/// GET /api/v1/node.
std::string node_json(const node_snapshot& seen, const program_facts& facts);

/// GET /api/v1/peers: of one moment each, so that of a peer that came or went
/// between there may be no topics or no score.
std::string peers_json(const peers_snapshot& seen, const mesh_snapshot& mesh,
                       const scores_snapshot& scores);

/// GET /api/v1/topics.
std::string topics_json(const node_snapshot& seen);

/// A line of GET /api/v1/events, without its line feed.
std::string event_json(const node_event& what,
                       std::chrono::system_clock::time_point when);

/// POST /api/v1/publish.
std::string receipt_json(const publish_receipt& receipt);

} // namespace grapevine::app::http
