#pragma once

#include "libp2p/base/time_point.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace grapevine {

/// A peer's signed addresses on their way to whoever checks them: one record in
/// `pause`, as a signature costs more to check than to push. Of those that come
/// sooner the latest waits, so that a burst ends with what holds.
class record_gate {
public:
  explicit record_gate(std::chrono::nanoseconds pause) : pause_{pause} {}

  /// Takes a record; what is to be passed on now, if anything.
  std::optional<bytes> offer(const bytes& record, time_point now) {
    if (record.empty())
      return std::nullopt;
    waiting_.reset();
    if (record == passed_)
      return std::nullopt;
    waiting_ = record;
    return due(now);
  }

  /// What has waited long enough.
  std::optional<bytes> due(time_point now) {
    if (!waiting_ || now < open_at_)
      return std::nullopt;
    passed_ = *waiting_;
    open_at_ = now + pause_;
    return std::exchange(waiting_, std::nullopt);
  }

  /// When `due` will have something; never if nothing waits.
  time_point next() const noexcept {
    return waiting_ ? open_at_ : time_point::max();
  }

private:
  std::chrono::nanoseconds pause_;
  // The last one that was passed on.
  bytes passed_;
  std::optional<bytes> waiting_;
  time_point open_at_ = time_point::min();
};

} // namespace grapevine
