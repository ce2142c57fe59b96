#pragma once

#include "messages/caf_compat.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace grapevine {

/// Requests that are still to be answered, so that none is forgotten when the
/// actor that took them ends.
class pending_requests {
public:
  using ticket = std::uint64_t;

  /// Keeps a request until `take` or `fail_all`.
  template <class Answer>
  ticket add(caf::typed_response_promise<Answer> promise) {
    pending_.emplace(++last_, [promise](const caf::error& why) mutable {
      promise.deliver(why);
    });
    return last_;
  }

  /// Whether it is still to be answered, now.
  bool take(ticket which) { return pending_.erase(which) > 0; }

  void fail_all(const caf::error& why) {
    for (auto& [which, fail] : std::exchange(pending_, {}))
      fail(why);
  }

private:
  ticket last_ = 0;
  std::map<ticket, std::function<void(const caf::error&)>> pending_;
};

} // namespace grapevine
