#pragma once

#include "gossip/limits.hpp"
#include "gossip/score/score_parameters.hpp"
#include "gossip/slot_map.hpp"
#include "libp2p/base/keyed_hash.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::gossip {

/// What is counted of a peer in a topic; all of it decays.
enum class topic_counter : std::uint8_t {
  first_deliveries,
  mesh_deliveries,
  mesh_failures,
  invalid_messages,
};

/// One number per `topic_counter`, none negative. Of single precision, as a
/// refresh walks through all of them and waits for the memory.
class topic_counters {
public:
  double operator[](topic_counter which) const noexcept {
    return values_[static_cast<std::size_t>(which)];
  }

  void set(topic_counter which, double value) noexcept {
    // What is beyond its range would become no number.
    constexpr double most = std::numeric_limits<float>::max();
    values_[static_cast<std::size_t>(which)] =
        static_cast<float>(std::min(value, most));
  }

  void add(topic_counter which, double value) noexcept {
    set(which, (*this)[which] + value);
  }

  /// Cuts it to `cap`.
  void cap(topic_counter which, double cap) noexcept {
    set(which, std::min((*this)[which], cap));
  }

  /// Multiplies each with its factor; below `to_zero` it becomes 0.
  void decay(const topic_counters& factors, float to_zero) noexcept {
    const lanes left = values_ * factors.values_;
    values_ = left < to_zero ? lanes{} : left;
  }

  /// Each to the power of `exponent`.
  void raise(double exponent) {
    for (int i = 0; i < 4; ++i)
      values_[i] = static_cast<float>(std::pow(double{values_[i]}, exponent));
  }

  bool all_zero() const noexcept {
    return values_[0] + values_[1] + values_[2] + values_[3] == 0;
  }

private:
  // The compiler's vector of four: one instruction for all of them.
  using lanes [[gnu::vector_size(16)]] = float;
  lanes values_{};
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

/// A topic's parameters as a refresh wants them: small, and the weights times
/// the topic's own.
struct topic_rules {
  explicit topic_rules(const topic_score_parameters& p);

  /// What the stats count towards the score when the time in the mesh is that
  /// at `refreshed`.
  double score(const topic_stats& stats, time_point refreshed) const noexcept {
    const auto& counters = stats.counters;
    const double invalid = counters[topic_counter::invalid_messages];
    double sum = first_weight * counters[topic_counter::first_deliveries]
                 + failure_weight * counters[topic_counter::mesh_failures]
                 + invalid_weight * invalid * invalid;
    if (stats.in_mesh)
      sum += mesh_score(stats, refreshed);
    return sum;
  }

  /// What P3 lacks: 0 unless the peer is in the mesh, and long enough.
  double deficit(const topic_stats& stats,
                 time_point refreshed) const noexcept {
    if (!stats.in_mesh || refreshed - stats.grafted <= activation)
      return 0;
    const double lacking =
        threshold - stats.counters[topic_counter::mesh_deliveries];
    return lacking > 0 ? lacking : 0;
  }

  topic_counters decay;
  double in_mesh_weight;
  double in_mesh_quantum;
  double in_mesh_cap;
  // The time from which on it is the cap, so that most need no division.
  std::chrono::nanoseconds in_mesh_full;
  double first_weight;
  double mesh_weight;
  double failure_weight;
  double invalid_weight;
  double threshold;
  std::chrono::nanoseconds activation;

private:
  // P1 and P3.
  double mesh_score(const topic_stats& stats,
                    time_point refreshed) const noexcept {
    const double lacking = deficit(stats, refreshed);
    const auto time = refreshed - stats.grafted;
    const double counted = time < in_mesh_full ? quanta(time) : in_mesh_cap;
    return in_mesh_weight * counted + mesh_weight * lacking * lacking;
  }

  // A quotient of doubles is exact enough to be cut: times below a hundred days
  // are whole numbers in a double, and so is a quotient without remainder.
  double quanta(std::chrono::nanoseconds time) const noexcept {
    // After a GRAFT since the refresh.
    if (time < time.zero())
      return 0;
    const auto count = static_cast<double>(time.count()) / in_mesh_quantum;
    return std::min(std::floor(count), in_mesh_cap);
  }
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

  /// From now on these are the topics with parameters of their own, and those
  /// of all others. Topics keep their indices.
  void use(const topic_score_map& named,
           const std::optional<topic_score_parameters>& others);

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

  const topic_rules& rules(std::uint32_t topic) const noexcept {
    return rules_[topic];
  }

  /// The factors of `ticks` decays, by index.
  void decays(std::int64_t ticks, std::vector<topic_counters>& out) const;

  /// The longest P3 window of any topic.
  std::chrono::nanoseconds largest_window() const noexcept;

  std::size_t size() const noexcept { return by_name_.size(); }

private:
  struct scored_topic {
    std::string name;
    topic_score_parameters parameters;
    // Parameters of its own: never forgotten.
    bool named = false;
    std::size_t users = 0;
  };

  std::uint32_t add(std::string_view topic, const topic_score_parameters& p,
                    bool named);

  std::optional<topic_score_parameters> others_;
  std::size_t max_unnamed_;
  // Its slots are the indices, of the rules, too.
  slot_map<scored_topic> topics_;
  std::vector<topic_rules> rules_;
  libp2p::keyed_string_map<std::uint32_t> by_name_;
  std::size_t unnamed_ = 0;
};

} // namespace grapevine::gossip
