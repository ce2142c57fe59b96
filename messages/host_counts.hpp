#pragma once

#include "libp2p/base/time_point.hpp"
#include "messages/type_ids.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

// What is counted of a node's connections. Each actor counts in members of its
// own, and tells what it has counted when it is asked, and when it ends.

namespace grapevine {

/// A counter for each value of an enum whose last one is `Last`.
template <auto Last>
class counts_by {
public:
  /// What is told apart.
  using key = decltype(Last);
  static constexpr std::size_t size = static_cast<std::size_t>(Last) + 1;

  std::uint64_t& operator[](key which) noexcept {
    return values_[static_cast<std::size_t>(which)];
  }
  std::uint64_t operator[](key which) const noexcept {
    return values_[static_cast<std::size_t>(which)];
  }
  counts_by& operator+=(const counts_by& other) noexcept {
    for (std::size_t i = 0; i < size; ++i)
      values_[i] += other.values_[i];
    return *this;
  }
  counts_by& operator-=(const counts_by& other) noexcept {
    for (std::size_t i = 0; i < size; ++i)
      values_[i] -= other.values_[i];
    return *this;
  }
  friend bool operator==(const counts_by&, const counts_by&) = default;

private:
  std::array<std::uint64_t, size> values_{};
};

/// Why a connection was refused that others began.
enum class refusal_cause : std::uint8_t {
  /// There may be none from its network.
  network,
  /// Its address has too many handshakes under way, or connects too often.
  address_handshakes,
  address_rate,
  /// It has not finished its handshake, and others wait.
  displaced,
  /// No file descriptor was free for it.
  descriptors,
  /// The node stops.
  stopping,
  blocked,
  /// It is none of the allowed peers.
  not_allowed,
  /// All places for peers are taken, those for peers that dial us, those for
  /// its address.
  full,
  reserved,
  address_peers,
};

/// Why a connection did not come about.
enum class handshake_failure : std::uint8_t {
  none = 0,
  /// The system could not connect.
  unreachable,
  timed_out,
  /// The other side said nothing in time.
  silent,
  closed,
  /// No protocol that both speak, or a malformed negotiation.
  negotiation,
  /// The secure channel did not come about.
  security,
  wrong_peer,
  /// There may be no connection to its network.
  network,
  /// It does not hold the key of the private network.
  private_network,
  other,
};

/// In metrics and errors.
std::string to_string(handshake_failure why);

GRAPEVINE_INSPECT_ENUM(handshake_failure, handshake_failure::other)

/// Connections that were refused, by why.
using refusal_counts = counts_by<refusal_cause::address_peers>;
/// Handshakes that failed, by why.
using handshake_failure_counts = counts_by<handshake_failure::other>;

/// Which question an actor answers by telling what it has counted, and how long
/// that lay in its mailbox.
struct counts_answer {
  /// 0: to none, it ends.
  std::uint64_t round = 0;
  std::chrono::nanoseconds lag{0};
};

/// Of a question for counters.
struct counts_question {
  std::uint64_t round = 0;
  /// By the clock of the actors.
  time_point asked;

  /// The answer to it, with how long it has waited.
  counts_answer answered(time_point now) const { return {round, now - asked}; }
};

/// What a listener has counted since it was last asked.
struct host_counts {
  counts_answer answer;
  refusal_counts refused;
  handshake_failure_counts failed;
};

/// Who adds up what listeners have counted.
using host_counts_sink = caf::typed_actor<
    // A listener's.
    takes<host_counts>>;

/// Asks a listener.
struct tell_host_counts {
  host_counts_sink to;
  counts_question question;
};

} // namespace grapevine

GRAPEVINE_ERROR_ENUM(grapevine::handshake_failure, "handshake")
