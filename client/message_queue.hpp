#pragma once

#include "client/client_result.hpp"
#include "messages/api_types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace grapevine {

class client_core;
class client_subscriptions;
class delivery_queue;

/// A subscription whose messages wait in a bounded queue until they are taken.
/// It ends with its client, which may go first; what came before can be taken
/// still. All threads may call it at once, but for moving and destroying it.
class message_queue {
public:
  message_queue() = default;
  message_queue(message_queue&& other) noexcept;
  message_queue& operator=(message_queue&& other) noexcept;
  message_queue(const message_queue&) = delete;
  message_queue& operator=(const message_queue&) = delete;
  /// Unsubscribes.
  ~message_queue();

  /// The next message; waits for it. Nothing once the subscription has ended
  /// and there is none left.
  std::optional<message_delivered> pop();

  /// The next message, if there is one.
  std::optional<message_delivered> try_pop();

  /// The next message; waits for it as long as that.
  std::optional<message_delivered> pop_for(std::chrono::milliseconds timeout);

  /// A descriptor that is readable exactly while a message waits, and for ever
  /// once the subscription has ended: for poll, epoll and event loops, which
  /// then call `try_pop`. Not to be read or closed; it lives as long as this
  /// queue does. Made at the first call.
  client_result<int> descriptor();

  /// How many messages wait.
  std::size_t size() const;

  /// How many were dropped so far, as too much waited. A message says how many
  /// would have come before it (`message_delivered::missed`).
  std::uint64_t missed() const;

  /// Whether no more will come: the client was stopped, or the queue closed.
  bool ended() const;

  /// Unsubscribes, drops what waits and wakes whoever waits.
  void close();

private:
  friend class client_core;
  message_queue(std::shared_ptr<delivery_queue> queue,
                std::weak_ptr<client_subscriptions> all, std::uint64_t id);

  std::shared_ptr<delivery_queue> queue_;
  std::weak_ptr<client_subscriptions> all_;
  std::uint64_t id_ = 0;
};

} // namespace grapevine
