#pragma once

#include "gossip/signing.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace grapevine::bench {

/// The topic of all benchmarks.
inline constexpr const char* topic = "bench";

/// Bytes of a message's data.
inline constexpr std::size_t data_size = 1024;

/// The publisher's number among the load's identities.
inline constexpr std::uint8_t publisher_number = 1;

/// The identity of one of the load's peers; the same number gives the same one.
libp2p::private_key numbered_key(std::uint8_t number);

/// The messages that are published, each with a number in its data, as frames
/// that are ready to be sent. All are of one size, so that a receiver finds the
/// number without decoding.
class message_pool {
public:
  /// With signatures, `count` messages are made now; without, any number when
  /// they are asked for.
  message_pool(gossip::signing_policy policy, std::size_t count);

  /// How many there are.
  std::size_t size() const noexcept { return count_; }

  /// The frame of message `number`, below `size()`.
  shared_bytes frame(std::uint32_t number) const;

  /// The number of the message that `rpc` (a frame without its length) carries;
  /// nothing if it is not one of these messages alone.
  std::optional<std::uint32_t> number_of(bytes_view rpc) const noexcept;

private:
  std::size_t count_;
  std::vector<shared_bytes> signed_;
  // One of the frames, and where its RPC and its number begin.
  bytes sample_;
  std::size_t rpc_offset_ = 0;
  std::size_t number_offset_ = 0;
};

} // namespace grapevine::bench
