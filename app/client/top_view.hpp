#pragma once

#include "app/client/node_views.hpp"

#include <chrono>

// What `grapevine top` shows.

namespace grapevine::app::client {

/// A message count at a time, to tell how many come in a second.
struct message_counts {
  std::chrono::steady_clock::time_point when;
  double delivered = 0;
  double duplicates = 0;
  double rejected = 0;
};

message_counts counts_of(const nlohmann::json& node,
                         std::chrono::steady_clock::time_point when);

/// What `top` shows.
struct node_sample {
  const nlohmann::json& node;
  const nlohmann::json& peers;
  const nlohmann::json& topics;
  message_counts now;
  /// Not set for the first one: there are no rates yet.
  std::optional<message_counts> before;
};

/// On a screen of so many rows and columns; not set: all of it.
text_lines top_lines(const node_sample& seen,
                     std::optional<std::size_t> columns = std::nullopt,
                     std::optional<std::size_t> rows = std::nullopt);

} // namespace grapevine::app::client
