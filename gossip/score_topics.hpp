#pragma once

#include "gossip/limits.hpp"
#include "gossip/score_parameters.hpp"
#include "gossip/topic_table.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What is counted of a peer in a topic; all of it decays.
enum class topic_counter : std::uint8_t {
  first_deliveries,
  mesh_deliveries,
  mesh_failures,
  invalid_messages,
};

/// One number per `topic_counter`.
class topic_counters {
public:
  double& operator[](topic_counter which) noexcept {
    return values_[static_cast<std::size_t>(which)];
  }
  double operator[](topic_counter which) const noexcept {
    return values_[static_cast<std::size_t>(which)];
  }

  /// Multiplies each with its factor; below `to_zero` it becomes 0.
  void decay(const topic_counters& factors, double to_zero) noexcept {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double left = values_[i] * factors.values_[i];
      values_[i] = left < to_zero ? 0 : left;
    }
  }

  /// None of them is negative.
  bool all_zero() const noexcept {
    return values_[0] + values_[1] + values_[2] + values_[3] == 0;
  }

private:
  std::array<double, 4> values_{};
};

/// What is known of one peer in one topic.
struct topic_stats {
  /// Index in `score_topics`.
  std::uint32_t topic = 0;
  bool in_mesh = false;
  /// Of the last GRAFT; counts only while `in_mesh`.
  time_point grafted{};
  topic_counters counters;
};

/// The topics that are scored, as small indices, so that a peer's stats need no
/// names. A topic without parameters of its own is here as long as some peer
/// has stats of it.
class score_topics {
public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  score_topics(const topic_score_map& named,
               const std::optional<topic_score_parameters>& others,
               std::size_t max_unnamed);

  /// `none` if it is not here.
  std::uint32_t find(std::string_view topic) const noexcept;

  /// The same; a topic that has the default parameters is made. `none` if
  /// there are no such or too many topics have them.
  std::uint32_t find_or_add(std::string_view topic);

  /// From now on the topic has these parameters. Returns its index.
  std::uint32_t set(std::string_view topic, const topic_score_parameters& p);

  /// Counts who has stats of it.
  void acquire(std::uint32_t topic) noexcept { ++topics_[topic].users; }
  void release(std::uint32_t topic) noexcept { --topics_[topic].users; }

  /// Forgets the topics with default parameters that nobody has stats of.
  void drop_unused();

  const topic_score_parameters& parameters(std::uint32_t topic) const noexcept {
    return topics_[topic].parameters;
  }
  const std::string& name(std::uint32_t topic) const noexcept {
    return topics_[topic].name;
  }

  /// What the stats count towards the score, weights included, when the time in
  /// the mesh is that at `refreshed`.
  double score(const topic_stats& stats, time_point refreshed) const noexcept;

  /// What P3 lacks: 0 unless the peer is in the mesh, and long enough.
  double deficit(const topic_stats& stats, time_point refreshed) const noexcept;

  /// The factors of `ticks` decays, by index.
  void decays(std::int64_t ticks, std::vector<topic_counters>& out) const;

  /// The longest P3 window of any topic.
  std::chrono::nanoseconds largest_window() const noexcept;

  std::size_t size() const noexcept { return by_name_.size(); }

private:
  struct scored_topic {
    std::string name;
    topic_score_parameters parameters;
    bool used = false;
    // Parameters of its own: never forgotten.
    bool named = false;
    std::size_t users = 0;
  };

  std::uint32_t add(std::string_view topic, const topic_score_parameters& p,
                    bool named);

  std::optional<topic_score_parameters> others_;
  std::size_t max_unnamed_;
  std::vector<scored_topic> topics_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::string, std::uint32_t, topic_hash, std::equal_to<>>
      by_name_;
  std::size_t unnamed_ = 0;
};

} // namespace grapevine::gossip
