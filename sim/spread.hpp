#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::sim {

/// How often numbers of any size occurred, to about one part in a hundred:
/// small ones are counted by themselves, larger ones in steps that grow with
/// them.
class spread {
public:
  void add(std::uint64_t value);
  void add(const spread& other);

  std::uint64_t size() const noexcept { return size_; }
  double mean() const noexcept {
    return size_ > 0 ? sum_ / static_cast<double>(size_) : 0;
  }
  /// A number that `part` of all are not above, exact for 1; 0 if there are
  /// none.
  double quantile(double part) const noexcept;
  /// The part of all that is not above `value`.
  double part_within(std::uint64_t value) const noexcept;

private:
  static std::size_t step_of(std::uint64_t value) noexcept;
  // The middle of a step's numbers.
  static double middle_of(std::size_t step) noexcept;

  std::vector<std::uint32_t> counts_;
  std::uint64_t size_ = 0;
  std::uint64_t largest_ = 0;
  double sum_ = 0;
};

} // namespace grapevine::sim
