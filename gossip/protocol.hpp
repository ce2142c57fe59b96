#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace grapevine::gossip {

/// The pubsub protocols, oldest first. A later version has all that an earlier
/// one has, FloodSub aside.
enum class version { floodsub, v1_0, v1_1, v1_2, v1_3 };

/// The protocol id that is negotiated, e.g. `/meshsub/1.1.0`.
std::string_view protocol_id(version v) noexcept;

/// The version that a protocol id names; nothing for any other protocol.
std::optional<version> version_of(std::string_view protocol_id) noexcept;

/// The versions that this node speaks, in its order of preference: what is
/// offered on dialling and accepted on listening.
std::span<const version> offered_versions() noexcept;

/// Has a mesh: GRAFT, PRUNE, IHAVE and IWANT. A peer without it gets every
/// message of its topics and no control.
constexpr bool has_mesh(version v) noexcept {
  return v >= version::v1_0;
}

/// Understands the backoff of a PRUNE (1.1).
constexpr bool has_prune_backoff(version v) noexcept {
  return v >= version::v1_1;
}

/// Understands peers offered in a PRUNE (1.1).
constexpr bool has_peer_exchange(version v) noexcept {
  return v >= version::v1_1;
}

/// Understands IDONTWANT (1.2).
constexpr bool has_idontwant(version v) noexcept {
  return v >= version::v1_2;
}

/// Understands extensions (1.3).
constexpr bool has_extensions(version v) noexcept {
  return v >= version::v1_3;
}

} // namespace grapevine::gossip
