#pragma once

#include <cstddef>
#include <cstdint>

namespace grapevine::sim {

/// What a node's operations cost, in microseconds of one core; all zero takes
/// no time. `measured_costs` are those of docs/benchmarks.md.
struct operation_costs {
  /// A frame that arrives: its socket, decryption, the way to the actors.
  double receive = 0;
  /// A frame that leaves.
  double send = 0;
  /// Of both, for each KiB.
  double kib = 0;
  /// A message that is new: id, signature, tables.
  double verify = 0;
  /// A heartbeat, without the frames that it sends, and for each peer.
  double heartbeat = 0;
  double heartbeat_peer = 0;

  bool any() const noexcept {
    return receive > 0 || send > 0 || kib > 0 || verify > 0 || heartbeat > 0
           || heartbeat_peer > 0;
  }
};

/// Those of nodes that are not busy, each message of which wakes threads: from
/// the meshes of 20 and of 50 processes in docs/benchmarks.md (CPU for each
/// delivery, signed messages of 1 KiB), the single steps and the idle node with
/// 100 peers there. A node under full load does the same for a tenth, as it
/// handles much at once.
constexpr operation_costs measured_costs() {
  return {.receive = 75,
          .send = 50,
          .kib = 1.5,
          .verify = 110,
          .heartbeat = 100,
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
