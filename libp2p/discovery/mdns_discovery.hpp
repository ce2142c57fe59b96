#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/discovery/mdns_message.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::libp2p {

/// When mDNS asks, answers and tells of who was found.
struct mdns_timers {
  /// Between two questions: it doubles from the first to the last of these.
  std::chrono::milliseconds question_min{1'000};
  std::chrono::milliseconds question_max{120'000};
  /// An answer waits for so long, drawn at random, as all who are asked would
  /// answer at once (RFC 6762, 6); and so long after the one before it, however
  /// many ask.
  std::chrono::milliseconds answer_min{20};
  std::chrono::milliseconds answer_max{120};
  std::chrono::milliseconds answer_pause{1'000};
  /// How long a peer that was found is not told of again.
  std::chrono::seconds found_pause{60};
};

/// Peers found at once and in `found_pause` thereafter: what a stranger on the
/// network makes up costs no more.
inline constexpr std::size_t max_mdns_found = 128;

/// Finds the peers of a local network, and lets them find this one, by mDNS
/// (libp2p/specs, discovery/mdns): when to ask and to answer, and whom to take.
/// No actor, no clock, no socket.
class mdns_discovery {
public:
  /// Stands for itself by a name that says nothing of it, drawn from `random`.
  mdns_discovery(const peer_id& self, const random_source& random,
                 time_point now, const mdns_timers& timers = {});

  /// Asks anew, at once and often, as on another network.
  void begin(time_point now);

  /// Where this node can be dialled, as it is told from now on: only addresses
  /// of private networks. Where there are none nobody is answered.
  void announce(const std::vector<multiaddr>& addresses, time_point now);

  /// Takes a datagram of the local network; whom it tells of who has not been
  /// found of late, with addresses of private networks alone, as no other can
  /// be on this one. Link-local addresses of IPv6 are those of `interface`, on
  /// which the datagram came: without its name they are left out.
  std::vector<mdns_peer> receive(bytes_view datagram, time_point now,
                                 std::string_view interface = {});

  /// What is to be sent now, to all.
  std::vector<bytes> due(time_point now);

  /// When `due` has something.
  time_point next() const noexcept;

  const std::string& name() const noexcept { return name_; }

private:
  void answer_soon(time_point now);
  bool knows_this(const mdns_message& msg) const;
  std::chrono::milliseconds draw(std::chrono::milliseconds from,
                                 std::chrono::milliseconds to);
  void forget_found(time_point now);

  peer_id self_;
  mdns_timers timers_;
  std::minstd_rand draws_;
  std::string name_;
  std::vector<multiaddr> addresses_;

  time_point ask_at_;
  std::chrono::milliseconds ask_pause_;
  std::optional<time_point> answer_at_;
  std::optional<time_point> answered_;
  // Somebody has asked for services.
  bool services_ = false;
  // By `peer_id`'s hash, whose key is this process's own.
  std::unordered_map<peer_id, time_point> found_;
};

} // namespace grapevine::libp2p
