#pragma once

#include <cstdint>
#include <memory>

namespace grapevine {

class call_source;
class client_core;
class client_subscriptions;

/// Lets a function be called, with messages of a topic or with events, until
/// this is destroyed or closed, or the client is. After that has returned the
/// function is not called any more and no call of it is under way; except where
/// it does so itself: that call is its last one.
class callback_handle {
public:
  callback_handle() = default;
  callback_handle(callback_handle&& other) noexcept;
  callback_handle& operator=(callback_handle&& other) noexcept;
  callback_handle(const callback_handle&) = delete;
  callback_handle& operator=(const callback_handle&) = delete;
  ~callback_handle();

  /// Calls it no more.
  void close();

private:
  friend class client_core;
  callback_handle(std::shared_ptr<call_source> source,
                  std::weak_ptr<client_subscriptions> all, std::uint64_t id);

  std::shared_ptr<call_source> source_;
  std::weak_ptr<client_subscriptions> all_;
  std::uint64_t id_ = 0;
};

} // namespace grapevine
