#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace grapevine::gossip {

/// Bytes that many keep, each in an actor of its own, against one bound of the
/// node. Who keeps what is nobody's business here: those that ask see how full
/// it is and hold back by themselves, so that it is a bound within what one
/// turn of each adds. One relaxed counter: nothing is ordered by it.
class byte_budget {
public:
  enum class level {
    low,
    /// More than half is used: what can be had again elsewhere is refused.
    high,
    /// All is used.
    full,
  };

  explicit byte_budget(std::size_t max) noexcept : max_{max} {}
  byte_budget(const byte_budget&) = delete;
  byte_budget& operator=(const byte_budget&) = delete;

  void add(std::size_t bytes) noexcept {
    used_.fetch_add(static_cast<std::int64_t>(bytes),
                    std::memory_order_relaxed);
  }
  void subtract(std::size_t bytes) noexcept {
    used_.fetch_sub(static_cast<std::int64_t>(bytes),
                    std::memory_order_relaxed);
  }

  /// What is kept now. What one thread takes out may be counted before what
  /// another has put in: then it is nothing for a moment.
  std::size_t used() const noexcept {
    const auto now = used_.load(std::memory_order_relaxed);
    return now > 0 ? static_cast<std::size_t>(now) : 0;
  }

  level fullness() const noexcept {
    const auto now = used();
    if (now >= max_)
      return level::full;
    return now > max_ / 2 ? level::high : level::low;
  }

  std::size_t max() const noexcept { return max_; }

private:
  std::size_t max_;
  std::atomic<std::int64_t> used_{0};
};

/// What one holder keeps of a budget; given back when it ends.
class budget_share {
public:
  budget_share() = default;
  /// Null: nothing is counted. `budget` must live as long.
  explicit budget_share(byte_budget* budget) noexcept : budget_{budget} {}
  budget_share(budget_share&& other) noexcept
      : budget_{other.budget_}, bytes_{std::exchange(other.bytes_, 0)} {}
  budget_share& operator=(budget_share&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~budget_share() { set(0); }

  /// So much is kept from now on.
  void set(std::size_t bytes) noexcept {
    if (bytes == bytes_ || budget_ == nullptr)
      return;
    if (bytes > bytes_)
      budget_->add(bytes - bytes_);
    else
      budget_->subtract(bytes_ - bytes);
    bytes_ = bytes;
  }

  std::size_t bytes() const noexcept { return bytes_; }

private:
  byte_budget* budget_ = nullptr;
  std::size_t bytes_ = 0;
};

} // namespace grapevine::gossip
