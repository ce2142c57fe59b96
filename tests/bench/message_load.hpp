#pragma once

#include "tests/bench/delivery_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace grapevine::bench {

/// One publisher and some subscribers around something that relays messages:
/// how fast they are published, whatever protocol that takes. What is wrong is
/// thrown, but for messages that are lost.
class message_load {
public:
  using clock = std::chrono::steady_clock;
  using duration = clock::duration;

  explicit message_load(std::size_t subscribers) : log_{subscribers} {}
  message_load(const message_load&) = delete;
  message_load& operator=(const message_load&) = delete;
  virtual ~message_load() = default;

  /// Waits until what is published comes to every subscriber.
  virtual void join() = 0;

  /// Publishes as fast as messages arrive, never more than `window` on their
  /// way, for some time. What does not arrive for long is given up.
  void publish_closed_loop(duration time, std::size_t window);

  /// Publishes `rate` messages in each second, whatever arrives. False if some
  /// of them did not get out within the time and `patience`.
  bool publish_open_loop(duration time, double rate, duration patience);

  /// Waits until everything has arrived everywhere; false if it did not in this
  /// time.
  bool drain(duration patience);

  delivery_log& log() noexcept { return log_; }

  /// How often subscribers have been written to so far, about.
  virtual std::size_t relay_writes() const = 0;

  /// For how long so far this thread has waited for something to do.
  virtual duration idle() const noexcept = 0;

protected:
  /// Publishes so many messages, again and again, until all of them arrive.
  void publish_until_complete(std::size_t messages, clock::time_point deadline);

  void publish_one(clock::time_point due);

private:
  /// Queues a message, or throws.
  virtual void send(std::uint32_t number) = 0;
  /// Whether the publisher's own queue has room.
  virtual bool may_publish() const = 0;
  /// Moves what can be moved; waits for it at most so long. Whether there was
  /// anything.
  virtual bool turn(duration patience) = 0;
  /// The time, as of the last thing that happened.
  virtual clock::time_point now() const noexcept = 0;

  std::size_t publish_due(clock::time_point start, double rate,
                          std::size_t from, std::size_t end);

  delivery_log log_;
};

} // namespace grapevine::bench
