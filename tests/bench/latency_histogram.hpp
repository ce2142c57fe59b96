#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace grapevine::bench {

/// How often which latency was seen, exact to 1 %, however many there are: so
/// those of several runs can be added up. Up to 128 ns each has a bucket of its
/// own, then each power of two is divided into 128 buckets.
class latency_histogram {
public:
  using duration = std::chrono::nanoseconds;

  /// Counts one; what is below 0 is 0, what is beyond 18 minutes is that.
  void add(duration latency);

  /// How many were counted.
  std::size_t count() const noexcept { return count_; }

  /// The latency, in microseconds, that `part` (0 to 1) of them did not exceed:
  /// the middle of its bucket. 0 without any.
  double percentile(double part) const;

  /// The buckets that are not empty, as `INDEX:COUNT` with spaces between, in
  /// order. The suite's histogram.py reads it.
  std::string to_text() const;

  void clear() noexcept;

  /// The bucket of a number of nanoseconds.
  static std::size_t bucket_of(std::uint64_t nanoseconds) noexcept;

  /// The least number of nanoseconds in a bucket.
  static std::uint64_t least_of(std::size_t bucket) noexcept;

private:
  static constexpr std::uint64_t most = (std::uint64_t{1} << 40) - 1;

  std::vector<std::uint32_t> buckets_ =
      std::vector<std::uint32_t>(bucket_of(most) + 1);
  std::size_t count_ = 0;
};

} // namespace grapevine::bench
