#pragma once

#include "gossip/limits.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::gossip {

/// What a `delivery_log` remembers, and for how long.
struct delivery_log_options {
  /// How long after its acceptance the senders of a message are remembered: the
  /// longest window of any scored topic. Zero: nothing is noted.
  std::chrono::nanoseconds window{};
  /// Senders remembered over all messages; beyond, the oldest go early.
  std::size_t max_entries = limits::delivery_entries;
  /// Senders remembered of one message.
  std::size_t max_peers = limits::forwarders;
};

/// Who has sent which accepted message, so that a peer gets its credit for a
/// delivery in time (P3; gossipsub-v1.1, "Topic parameter computation") once,
/// however often it repeats itself.
///
/// The entries of all messages lie in one ring, in order of time, and each
/// names the one before it of the same message: there is nothing to look up,
/// and what has expired is written over. A ring that has once grown to what a
/// window's traffic needs allocates no more.
class delivery_log {
public:
  /// The latest entry of a message; zero: there is none. Kept with what is
  /// known of the message.
  using chain = std::uint32_t;

  explicit delivery_log(delivery_log_options options = {})
      : options_{options} {}

  bool enabled() const noexcept { return options_.window.count() > 0; }
  std::chrono::nanoseconds window() const noexcept { return options_.window; }

  /// Changes the window. Zero gives the memory back too.
  void window(std::chrono::nanoseconds length);

  /// Notes that `peer` has sent the message whose entries end with `last`.
  /// False if it has before, or if the message has too many senders already.
  /// `now` never goes back.
  bool note(chain& last, const libp2p::peer_id& peer, time_point now);

  /// Entries held, expired ones among them.
  std::size_t size() const noexcept { return held_; }

private:
  struct entry {
    libp2p::peer_id peer;
    chain before = 0;
    time_point noted;
  };

  entry& at(chain number) noexcept {
    return ring_[number & (ring_.size() - 1)];
  }

  // Numbers are given in a circle; a lap takes longer than any window.
  bool holds(chain number) const noexcept {
    return number != 0 && static_cast<chain>(next_ - number - 1) < held_;
  }

  void append(const entry& added);
  void make_room(time_point now);
  void grow();

  delivery_log_options options_;
  // A power of two in size; an entry lies at its number modulo that.
  std::vector<entry> ring_;
  std::size_t held_ = 0;
  chain next_ = 1;
};

} // namespace grapevine::gossip
