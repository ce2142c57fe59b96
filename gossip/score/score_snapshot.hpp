#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace grapevine::gossip {

/// One topic's part of a score, for people.
struct topic_score_snapshot {
  std::string topic;
  bool in_mesh = false;
  /// At the last refresh.
  std::chrono::nanoseconds time_in_mesh{0};
  /// The counters, weights not applied.
  double first_deliveries = 0;
  double mesh_deliveries = 0;
  double mesh_failures = 0;
  double invalid_messages = 0;
  /// What it all gives, weights applied.
  double score = 0;
};

/// What a score is made of, for people. All parts have their weights applied.
struct score_snapshot {
  double score = 0;
  /// By name.
  std::vector<topic_score_snapshot> topics;
  /// Their sum after the cap.
  double topic_score = 0;
  double application = 0;
  double colocation = 0;
  double behaviour = 0;
  double slow_peer = 0;
};

} // namespace grapevine::gossip
