#pragma once

#include <cstddef>
#include <cstdint>

namespace grapevine::sim {

/// What a node's operations cost, in microseconds of one core; all zero takes
/// no time. `measured_costs` are those of docs/benchmarks.md.
struct operation_costs {
  /// Whatever finds the node idle: its threads wake one after the other.
  double wake = 0;
  /// A frame that arrives: its socket, decryption, the way to the actors.
  double receive = 0;
  /// A frame that leaves.
  double send = 0;
  /// The part of both that control costs: it stays with the peer's actor.
  double control = 1;
  /// Of both, for each KiB.
  double kib = 0;
  /// A message that is new: id, signature, tables.
  double verify = 0;
  /// A heartbeat, without the frames that it sends, and for each peer.
  double heartbeat = 0;
  double heartbeat_peer = 0;
  /// All times of the above by this: a slower machine, or one whose caches are
  /// shared with others, takes as many times longer for each.
  double scale = 1;

  /// The same with a scale of 1.
  operation_costs scaled() const noexcept {
    return {wake * scale,
            receive * scale,
            send * scale,
            control,
            kib * scale,
            verify * scale,
            heartbeat * scale,
            heartbeat_peer * scale,
            1};
  }

  bool any() const noexcept {
    return wake > 0 || receive > 0 || send > 0 || kib > 0 || verify > 0
           || heartbeat > 0 || heartbeat_peer > 0;
  }
};

/// What docs/benchmarks.md has: of signed messages under full load, where
/// nobody has to wake, and of the meshes of 20 and 50 processes at 20 messages
/// a second, where nearly everything does; of heartbeats the idle node with 100
/// peers.
constexpr operation_costs measured_costs() {
  return {.wake = 160,
          .receive = 28,
          .send = 15,
          .control = 0.3,
          .kib = 1.5,
          .verify = 60,
          .heartbeat = 60,
          .heartbeat_peer = 1.5};
}

/// What is on the wire of a frame of so many bytes: with the headers of yamux,
/// Noise, TCP and IPv4.
constexpr std::uint64_t wire_bytes(std::size_t frame) {
  constexpr std::size_t sealing = 12 + 2 + 16;
  constexpr std::size_t headers = 52;
  constexpr std::size_t segment = 1'448;
  const auto bytes = frame + sealing;
  return bytes + (bytes + segment - 1) / segment * headers;
}

} // namespace grapevine::sim
