#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/limits.hpp"
#include "libp2p/identity/keys.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// Asks a peer who it is; it answers and closes.
inline constexpr std::string_view identify_protocol = "/ipfs/id/1.0.0";

/// Tells a peer unasked what has changed, and closes.
inline constexpr std::string_view identify_push_protocol =
    "/ipfs/id/push/1.0.0";

/// What identify says about a peer (libp2p/specs, identify/). In a push, what
/// is empty is unchanged.
struct identify_info {
  /// Not what authenticates a peer: the handshake has done that.
  std::optional<public_key> key;
  std::vector<multiaddr> listen_addrs;
  std::vector<std::string> protocols;
  /// The address from which the reader of this was seen to connect.
  std::optional<multiaddr> observed_addr;
  std::string protocol_version;
  std::string agent_version;
  /// A signed envelope with a peer record, not yet verified.
  bytes signed_peer_record;
};

/// Why an identify could not be read.
enum class identify_error {
  /// A message, all of them, or their number exceeds the limits.
  too_large,
  /// A length is no valid varint, or a message is no protobuf.
  malformed,
  /// The stream ended inside a message, or before the first.
  truncated,
};

std::string to_string(identify_error code);

/// The messages to write on an identify stream before closing it, each with its
/// length as a varint: one, or several when more than 2 KiB. Readers merge
/// them, but rust (and js until lately) stops after the first: it holds all but
/// the signed record as far as that fits into rust's 4 KiB, and the record
/// comes last, as go does.
bytes encode_identify(const identify_info& info);

/// Reads the messages of one identify stream and merges them.
class identify_reader {
public:
  explicit identify_reader(const session_limits& limits = {});
  identify_reader(identify_reader&&) noexcept;
  identify_reader& operator=(identify_reader&&) noexcept;
  ~identify_reader();

  /// Takes bytes of the stream. After an error it stays failed.
  expected<void, identify_error> feed(bytes_view in);

  /// Whether at least one message was read and none is incomplete. The end of
  /// the stream says that there is no further one; a caller that has waited for
  /// it long enough may finish without.
  bool complete() const noexcept;

  /// What was read, at the end of the stream. Addresses and a key that cannot
  /// be decoded are left out, as are those beyond the limits. `truncated`
  /// unless `complete()`.
  expected<identify_info, identify_error> finish() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace grapevine::libp2p
