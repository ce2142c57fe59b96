#pragma once

#include "tests/bench/broker_peer.hpp"
#include "tests/bench/load_peer.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <sys/epoll.h>
#include <vector>

namespace grapevine::bench {

/// The relay does not do what it should.
class load_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Peers of the load, `load_peer` or `broker_peer`, whose connections are
/// served by this thread.
template <class Peer>
class basic_peer_set {
public:
  using clock = std::chrono::steady_clock;
  using duration = clock::duration;

  static constexpr std::size_t usual_events = 128;

  /// A turn serves at most so many peers: few, where others wait meanwhile.
  explicit basic_peer_set(std::size_t events_at_once = usual_events);

  /// Takes a peer over, and sends what it has to say first.
  void add(std::unique_ptr<Peer> peer);

  std::size_t size() const noexcept { return peers_.size(); }
  Peer& operator[](std::size_t index) { return *peers_[index]; }
  const Peer& operator[](std::size_t index) const { return *peers_[index]; }

  /// Whether this holds of all peers.
  template <class Condition>
  bool all_of(Condition condition) const {
    for (const auto& peer : peers_)
      if (!condition(*peer))
        return false;
    return true;
  }

  /// Reads what has arrived, and answers; waits for it at most so long. Whether
  /// there was anything. Throws when a connection is broken.
  bool turn(duration patience);

  /// Tells that something else was done since the last turn.
  void was_busy() noexcept { busy_ = true; }

  /// The time, as of the last thing that happened.
  clock::time_point now() const noexcept { return now_; }

  /// For how long so far this thread has waited for something to do.
  duration idle() const noexcept { return idle_; }

private:
  void tick();
  void tick(std::size_t from, std::size_t to);

  std::vector<std::unique_ptr<Peer>> peers_;
  unique_fd epoll_;
  std::vector<epoll_event> events_;
  clock::time_point now_ = clock::now();
  clock::time_point next_tick_ = now_;
  // The first peer of the next tick.
  std::size_t ticked_ = 0;
  duration idle_{};
  bool busy_ = true;
};

extern template class basic_peer_set<load_peer>;
extern template class basic_peer_set<broker_peer>;

using peer_set = basic_peer_set<load_peer>;

} // namespace grapevine::bench
