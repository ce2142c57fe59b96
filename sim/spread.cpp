#include "sim/spread.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace grapevine::sim {

namespace {

// Steps for each doubling; numbers below twice that have one each.
constexpr std::size_t step_bits = 6;
constexpr std::size_t steps = std::size_t{1} << step_bits;

} // namespace

std::size_t spread::step_of(std::uint64_t value) noexcept {
  const auto bits = static_cast<std::size_t>(std::bit_width(value));
  if (bits <= step_bits + 1)
    return static_cast<std::size_t>(value);
  const auto shift = bits - step_bits - 1;
  return shift * steps + static_cast<std::size_t>(value >> shift);
}

double spread::middle_of(std::size_t step) noexcept {
  if (step < 2 * steps)
    return static_cast<double>(step);
  const auto shift = step / steps - 1;
  const auto first = (step - shift * steps) << shift;
  return static_cast<double>(first)
         + static_cast<double>((std::size_t{1} << shift) - 1) / 2;
}

void spread::add(std::uint64_t value) {
  const auto step = step_of(value);
  if (step >= counts_.size())
    counts_.resize(step + 1);
  ++counts_[step];
  ++size_;
  largest_ = std::max(largest_, value);
  sum_ += static_cast<double>(value);
}

void spread::add(const spread& other) {
  counts_.resize(std::max(counts_.size(), other.counts_.size()));
  for (std::size_t i = 0; i < other.counts_.size(); ++i)
    counts_[i] += other.counts_[i];
  size_ += other.size_;
  largest_ = std::max(largest_, other.largest_);
  sum_ += other.sum_;
}

double spread::quantile(double part) const noexcept {
  if (part >= 1)
    return static_cast<double>(largest_);
  const auto wanted =
      static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(size_)));
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if ((below += counts_[i]) >= wanted && below > 0)
      return std::min(middle_of(i), static_cast<double>(largest_));
  return 0;
}

double spread::part_within(std::uint64_t value) const noexcept {
  if (size_ == 0)
    return 0;
  const auto last = std::min(step_of(value) + 1, counts_.size());
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < last; ++i)
    within += counts_[i];
  return static_cast<double>(within) / static_cast<double>(size_);
}

} // namespace grapevine::sim
