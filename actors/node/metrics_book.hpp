#pragma once

#include "messages/counts.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace grapevine {

/// Adds up what a node's actors have counted. Counters never fall: what is told
/// late, or by an actor that ends, is added as well. What is there at the
/// moment counts only if it is told in the round. No actor, no clock.
class metrics_book {
public:
  /// Topics whose numbers are told apart. Those that this node joined first
  /// come first; once one is told apart it stays so until the node leaves it.
  static constexpr std::size_t max_topics = 100;

  /// All are asked anew.
  void begin(std::uint64_t round);

  void add(const peer_counts& told);
  void add(const mesh_counts& told);
  void add(const cache_counts& told);
  void add(const heartbeat_counts& told);
  void add(const validator_counts& told);
  void add(const node_counts& told);
  void add(const host_counts& told);

  /// All numbers, if nobody else will tell any; `late` actors have not.
  metrics_snapshot end(std::size_t late);

private:
  void note(actor_kind kind, const counts_answer& answer);
  void use_topics();
  topic_metrics& entry(const std::string& topic);

  std::uint64_t round_ = 0;
  metrics_snapshot sums_;
  std::map<std::string, topic_metrics, std::less<>> named_;
  // Of this round: the meshes, and what is to be added to their topics once
  // these are known.
  std::vector<mesh_counts> meshes_;
  std::vector<topic_metrics> counted_;
};

} // namespace grapevine
