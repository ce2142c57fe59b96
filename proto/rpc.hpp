#pragma once

#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::proto {

/// The fields of one published message, seen in place in the bytes it was
/// decoded from. An absent field differs from an empty one.
struct message_view {
  /// The encoded Message, as received: what is forwarded.
  bytes_view encoded;
  std::optional<bytes_view> from;
  std::optional<bytes_view> data;
  std::optional<bytes_view> seqno;
  std::string_view topic;
  bool has_topic = false;
  std::optional<bytes_view> signature;
  std::optional<bytes_view> key;
  /// Fields in tag order, each at most once and no unknown one between them:
  /// the signed bytes are then `encoded` without signature and key.
  bool canonical = true;
};

/// A change of a peer's subscription.
struct subscription {
  std::string topic;
  bool subscribe = true;
  /// It wants parts instead of full messages (1.3). Both flags say nothing when
  /// it unsubscribes.
  bool requests_partial = false;
  /// It sends parts to who requests them; who requests does so in any case.
  bool supports_partial = false;
};

/// Ids of messages that a peer has, by topic.
struct ihave {
  std::string topic;
  std::vector<std::string> ids;
};

/// A peer offered in a PRUNE (peer exchange).
struct px_peer {
  std::string id;
  std::string signed_record;
};

/// Leaving a mesh: the receiver must not graft before `backoff` is over.
struct prune {
  std::string topic;
  std::vector<px_peer> peers;
  std::optional<std::chrono::seconds> backoff;
};

/// What the first RPC of a stream says of the sender's extensions (1.3).
struct extensions {
  bool partial_messages = false;
  bool test_extension = false;
};

/// The control part of an RPC. Message ids are bytes, held in strings.
struct control {
  std::vector<ihave> ihaves;
  std::vector<std::string> iwant;
  std::vector<std::string> grafts;
  std::vector<prune> prunes;
  std::vector<std::string> idontwant;
  std::optional<extensions> ext;

  bool empty() const noexcept {
    return ihaves.empty() && iwant.empty() && grafts.empty() && prunes.empty()
           && idontwant.empty() && !ext;
  }
};

/// Parts of a message, what the sender has and wants of it, or both (1.3,
/// partial messages), seen in place like a message. The application alone knows
/// what the bytes mean.
struct partial_view {
  std::string_view topic;
  /// Names the message that the parts belong to.
  bytes_view group;
  /// The parts (`partialMessage`).
  std::optional<bytes_view> parts;
  /// What the sender has and wants (`partsMetadata`); absent says nothing,
  /// empty may say something.
  std::optional<bytes_view> metadata;
};

/// One decoded RPC. The messages and `partial` are views into the buffer given
/// to `decode_rpc`; everything else is owned.
struct rpc {
  std::vector<subscription> subscriptions;
  std::vector<message_view> messages;
  proto::control control;
  std::optional<partial_view> partial;
  /// It carries the empty message of the test extension (1.3).
  bool test_extension = false;
};

/// Longest backoff that is believed, and written; a longer one counts as this.
/// Some 68 years: added to a moment in nanoseconds it does not overflow.
inline constexpr std::chrono::seconds max_backoff{0x7fff'ffff};

/// Why bytes are no acceptable RPC.
enum class rpc_error {
  /// Not the protobuf of an RPC: truncated, or a field of the wrong wire type.
  malformed,
  /// More messages, subscriptions, control entries or ids than `rpc_limits`.
  limit_exceeded,
};

/// Bounds that are checked before anything is allocated.
struct rpc_limits {
  /// Messages in one RPC: 1 MiB holds some 20,000 of the smallest real ones.
  std::size_t messages = 16'384;
  /// Subscription changes in one RPC; a hello may carry thousands of topics.
  std::size_t subscriptions = 10'000;
  /// GRAFT, PRUNE, IHAVE, IWANT and IDONTWANT entries together.
  std::size_t control_entries = 10'000;
  /// Message ids in all IHAVE, IWANT and IDONTWANT entries together; go asks
  /// for at most 5,000 per heartbeat.
  std::size_t ids = 20'000;
  /// Bytes of a topic's name.
  std::size_t topic_size = 1'024;
  /// Bytes of a message id.
  std::size_t id_size = 1'024;
  /// Peers offered in one PRUNE; 16 are usual.
  std::size_t px_peers = 64;
  /// Bytes of an offered peer's signed record, addresses included.
  std::size_t record_size = 8'192;
  /// Bytes of a partial message's group id.
  std::size_t group_size = 1'024;
  /// Bytes of a partial message's metadata: half a million parts as a bitmap.
  std::size_t metadata_size = 65'536;
};

/// Decodes the RPC in `encoded` (one frame without its length) into `out`,
/// whose former contents go but whose memory is used again. After an error
/// `out` is unspecified. Unknown fields are skipped; a repeated `control` or
/// `partial` merges and the last of a repeated scalar wins, as protobuf has it.
expected<void, rpc_error> decode_rpc(bytes_view encoded,
                                     const rpc_limits& limits, rpc& out);

/// The same, for a single use.
expected<rpc, rpc_error> decode_rpc(bytes_view encoded,
                                    const rpc_limits& limits);

/// Decodes one Message in place, e.g. one that `message` was built from.
expected<message_view, rpc_error> decode_message(bytes_view encoded);

/// Appends the encoded Message with the fields of `msg` that are present, in
/// tag order; `msg.encoded` is not looked at.
void append_message(bytes& out, const message_view& msg);

/// Appends the fields of an encoded Message that `message_view` does not know,
/// as they stand there.
void append_unknown_fields(bytes& out, bytes_view encoded);

/// How many bytes `append_message` would append.
std::size_t encoded_size(const message_view& msg) noexcept;

/// Appends what comes before an encoded Message of `message_size` bytes in a
/// frame that carries it alone: the frame's length, the tag and the size.
void append_message_header(bytes& out, std::size_t message_size);

/// How many bytes `append_message_header` would append.
std::size_t message_header_size(std::size_t message_size) noexcept;

/// Largest frame of subscriptions and control, its length included: rust-libp2p
/// closes the stream at more than 16 KiB of them in one RPC.
inline constexpr std::size_t control_frame_size = 16'384;

/// Most subscription changes in one frame: rust-libp2p takes 100 per RPC.
inline constexpr std::size_t subscriptions_per_frame = 100;

/// Most ids of IDONTWANT in one frame: go accepts ten per RPC.
inline constexpr std::size_t idontwant_per_frame = 10;

/// Encodes subscriptions and control as frames (varint length and RPC) of at
/// most `max_size` and `control_frame_size` bytes, splitting lists as needed;
/// appends them to `out`. The first frame carries the extensions and as many
/// subscriptions as may go together; control follows the last subscription, so
/// that a GRAFT never overtakes its topic's subscription. Of a PRUNE that is
/// too large the last offered peers are left out. What cannot fit even alone
/// (an id or a topic of nearly `max_size`) is dropped and counted in the
/// result.
std::size_t encode_frames(const std::vector<subscription>& subscriptions,
                          const control& ctrl, std::size_t max_size,
                          std::vector<bytes>& out);

/// A frame that carries `partial` alone; nothing if it would be larger than
/// `max_size` bytes, its length included.
std::optional<bytes> encode_partial(const partial_view& partial,
                                    std::size_t max_size);

/// How many bytes of parts leave room for all else in a frame of `max_size`
/// bytes; 0 if there is none. `partial.parts` is not looked at.
std::size_t room_for_parts(const partial_view& partial,
                           std::size_t max_size) noexcept;

/// The frame of the test extension's message.
bytes encode_test_extension();

} // namespace grapevine::proto
