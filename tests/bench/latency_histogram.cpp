#include "tests/bench/latency_histogram.hpp"

#include <algorithm>
#include <bit>

namespace grapevine::bench {

namespace {

// Of a power of two: 128 buckets, each at most 1/128 of its values wide.
constexpr int division_bits = 7;
constexpr std::uint64_t division = std::uint64_t{1} << division_bits;

} // namespace

std::size_t latency_histogram::bucket_of(std::uint64_t nanoseconds) noexcept {
  const auto above = std::max(0, static_cast<int>(std::bit_width(nanoseconds))
                                     - (division_bits + 1));
  return static_cast<std::size_t>(above) * division + (nanoseconds >> above);
}

std::uint64_t latency_histogram::least_of(std::size_t bucket) noexcept {
  if (bucket < 2 * division)
    return bucket;
  const auto above = bucket / division - 1;
  return (bucket - above * division) << above;
}

void latency_histogram::add(duration latency) {
  const auto value =
      static_cast<std::uint64_t>(std::max<duration::rep>(latency.count(), 0));
  ++buckets_[bucket_of(std::min(value, most))];
  ++count_;
}

double latency_histogram::percentile(double part) const {
  if (count_ == 0)
    return 0;
  const auto rank =
      static_cast<std::size_t>(part * static_cast<double>(count_ - 1));
  std::size_t bucket = 0;
  for (std::size_t seen = buckets_[0]; seen <= rank; seen += buckets_[bucket])
    ++bucket;
  const auto ends = least_of(bucket) + least_of(bucket + 1) - 1;
  return static_cast<double>(ends) / 2 / 1000;
}

std::string latency_histogram::to_text() const {
  std::string result;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i] == 0)
      continue;
    if (!result.empty())
      result += ' ';
    result += std::to_string(i) + ':' + std::to_string(buckets_[i]);
  }
  return result;
}

void latency_histogram::clear() noexcept {
  std::ranges::fill(buckets_, 0U);
  count_ = 0;
}

} // namespace grapevine::bench
