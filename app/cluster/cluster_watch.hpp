#pragma once

#include "app/cluster/cluster_plan.hpp"
#include "app/cluster/node_process.hpp"
#include "app/console/signals.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace grapevine::app::cluster {

/// What one node told when it was last asked.
struct node_answers {
  nlohmann::json node;
  nlohmann::json topics;
};

/// All nodes as one document: what the page and `grapevine cluster status`
/// show. Names of nodes stand for their ids. Pure.
nlohmann::json
describe_cluster(const std::vector<node_plan>& plan,
                 const std::vector<std::string>& topics,
                 const std::vector<std::optional<node_answers>>& answers,
                 const std::vector<std::string>& states);

/// Which nodes are not up yet: `node-03: in no mesh of "news"`; empty: all are.
std::vector<std::string> not_ready(const nlohmann::json& cluster);

/// Asks all nodes again and again, each on a thread of its own as one that is
/// paused answers nothing, and remembers what has been done to them.
class cluster_watch {
public:
  cluster_watch(const std::vector<node_plan>& plan,
                std::vector<std::string> topics);
  cluster_watch(const cluster_watch&) = delete;
  cluster_watch& operator=(const cluster_watch&) = delete;
  ~cluster_watch();

  /// What a node's process does: `running`, `paused`, or how it has ended.
  void set_state(std::size_t node, std::string state);

  /// Something that was done, for the page.
  void add_event(std::string text);

  /// The document, with the events.
  nlohmann::json describe() const;

private:
  void ask(std::size_t node);

  const std::vector<node_plan>* plan_;
  std::vector<std::string> topics_;
  stop_flag stop_;
  mutable std::mutex mutex_;
  std::vector<std::optional<node_answers>> answers_;
  std::vector<std::string> states_;
  std::deque<std::pair<std::chrono::system_clock::time_point, std::string>>
      events_;
  std::vector<std::thread> threads_;
};

} // namespace grapevine::app::cluster
