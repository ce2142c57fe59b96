#pragma once

#include "tests/bench/delivery_log.hpp"
#include "tests/bench/load_peer.hpp"
#include "tests/bench/message_pool.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace grapevine::bench {

/// The relay does not do what it should: with LOSS in the text, messages are
/// missing.
class load_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// One publisher and some subscribers around a relay, all in this thread. What
/// is wrong is thrown as `load_error`.
class load_generator {
public:
  static constexpr std::size_t subscribers = 8;

  using clock = std::chrono::steady_clock;
  using duration = clock::duration;

  /// Connects the peers. `pool` must outlive it.
  load_generator(const endpoint& relay, const message_pool& pool);

  /// Waits until the relay sends what is published to every subscriber.
  void join();

  /// Publishes as fast as messages arrive, never more than `window` on their
  /// way, until the time is over or the pool is empty.
  void publish_closed_loop(duration time, std::size_t window);

  /// Publishes `rate` messages in each second, whatever arrives.
  void publish_open_loop(duration time, double rate);

  /// Waits until everything has arrived everywhere, and checks that it came
  /// once.
  void drain();

  delivery_log& log() noexcept { return log_; }

  /// How often the relay has written to subscribers so far, about.
  std::size_t relay_writes() const;

private:
  void on_rpc(std::size_t subscriber, bytes_view rpc);
  void publish_one(clock::time_point now);
  bool pool_empty() const noexcept { return log_.published() >= pool_.size(); }
  std::size_t on_their_way() const noexcept {
    return log_.published() - log_.completed();
  }
  // Moves what can be moved; waits for it at most so long.
  void turn(duration patience);
  void tick();

  const message_pool& pool_;
  delivery_log log_{subscribers};
  // The publisher is the first.
  std::vector<std::unique_ptr<load_peer>> peers_;
  unique_fd epoll_;
  clock::time_point now_ = clock::now();
  clock::time_point next_tick_ = now_;
  std::string wrong_;
};

} // namespace grapevine::bench
