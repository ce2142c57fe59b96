#pragma once

#include "tests/bench/delivery_log.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/bench/peer_set.hpp"
#include "tests/bench/rpc_scan.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace grapevine::bench {

/// One publisher and some subscribers around a relay, all in this thread. What
/// is wrong is thrown as `load_error`, but for messages that are lost.
class load_generator {
public:
  using clock = peer_set::clock;
  using duration = peer_set::duration;

  /// Connects the peers. `pool` must outlive it.
  load_generator(const endpoint& relay, const message_pool& pool,
                 const bench_case& what);

  /// Serves other peers of the relay, too, in each turn. They must outlive it.
  void serve_beside(peer_set& others) noexcept { beside_ = &others; }

  /// Waits until the relay sends what is published to every subscriber, on
  /// every topic.
  void join();

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

  /// How often the relay has written to subscribers so far, about.
  std::size_t relay_writes() const;

  /// For how long so far this thread has waited for something to do.
  duration idle() const noexcept { return peers_.idle(); }

private:
  void connect(std::size_t number, const endpoint& relay,
               const shared_bytes& greeting);
  void on_rpc(std::size_t subscriber, bytes_view rpc);
  void publish_one(clock::time_point due);
  bool may_publish() const;
  std::size_t publish_due(clock::time_point start, double rate,
                          std::size_t from, std::size_t end);
  // Moves what can be moved; waits for it at most so long. Whether there was
  // anything.
  bool turn(duration patience);

  const message_pool& pool_;
  bench_case case_;
  delivery_log log_;
  rpc_scan scan_;
  // The publisher is the first.
  peer_set peers_;
  peer_set* beside_ = nullptr;
  std::string wrong_;
};

} // namespace grapevine::bench
