#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The domain that peer records are signed for. RFC 0003 has an older name;
/// this one is what all implementations use.
inline constexpr std::string_view peer_record_domain = "libp2p-peer-record";

/// The payload type of peer records: the multicodec number 0x0301
/// (libp2p-peer-record), written with its bytes in this order.
inline constexpr std::array<std::uint8_t, 2> peer_record_type{0x03, 0x01};

/// Most addresses that are taken from a record, the first ones. Peers have a
/// handful; each costs a dial.
inline constexpr std::size_t max_record_addrs = 64;

/// Why a signed peer record was not accepted.
enum class peer_record_error {
  /// Not the protobuf of an envelope or of a record, or too large.
  malformed,
  /// The envelope's key is not valid.
  bad_key,
  /// The envelope's signature is wrong, or was made for another purpose.
  bad_signature,
  /// The envelope holds something other than a peer record.
  wrong_type,
  /// The record is about another peer than the one who signed it.
  wrong_peer,
};

std::string to_string(peer_record_error code);

/// Where a peer says that it can be reached (libp2p/specs, RFC 0003).
struct peer_record {
  peer_id peer;
  /// Of two records of a peer the one with the higher number counts. Not a
  /// time.
  std::uint64_t seq = 0;
  /// Those that this node understands, in the peer's order.
  std::vector<multiaddr> addrs;
};

/// The record of the peer that holds `key`, signed, as identify and PRUNE carry
/// it. `seq` must be above that of every earlier record of this key.
bytes seal_peer_record(const private_key& key, std::uint64_t seq,
                       std::span<const multiaddr> addrs);

/// Reads a signed record, checks its signature, and that it is the signer's
/// own. Addresses that are malformed or of unknown protocols are left out.
/// Whether the peer is the expected one is for the caller to compare.
expected<peer_record, peer_record_error> open_peer_record(bytes_view encoded);

} // namespace grapevine::libp2p
