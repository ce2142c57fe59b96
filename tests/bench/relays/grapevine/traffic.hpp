#pragma once

#include "messages/api.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace grapevine::bench {

/// How long each message took since the last report. For any thread.
class latency_log {
public:
  /// Notes a message that arrives now; one too short to tell is left out.
  void add(bytes_view data);

  /// The answer to the command `report`; forgets what it tells.
  std::string report();

private:
  std::mutex mutex_;
  std::vector<std::int64_t> microseconds_;
};

/// What is to be published to the first topic.
struct steady_load {
  double rate = 0;
  double seconds = 0;
  std::size_t size = 0;
};

/// Publishes steadily until all is done; how many messages it was.
std::size_t publish_steadily(caf::actor_system& system, const node_actor& node,
                             const steady_load& load);

} // namespace grapevine::bench
