#pragma once

#include "gossip/message/message.hpp"
#include "gossip/message/message_ids.hpp"
#include "gossip/message/reject_reason.hpp"
#include "gossip/message/signing_policy.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"
#include "proto/rpc.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::gossip {

/// Checks messages against a policy. Keeps a buffer and the keys of recent
/// authors to work without allocations; one per thread that validates.
class message_verifier {
public:
  /// Nothing, or why `msg` must be rejected. `msg` comes from
  /// `proto::decode_message` or `decode_rpc`: `msg.encoded` is what was signed.
  expected<void, reject_reason> verify(const proto::message_view& msg,
                                       signing_policy policy);

private:
  struct known_author {
    libp2p::peer_id id;
    // The message's `key`, which must be this again; not all send it.
    bool had_key_field = false;
    bytes key_field;
    std::optional<libp2p::public_key> key;
  };

  expected<const libp2p::public_key*, reject_reason>
  author_key(const proto::message_view& msg, const libp2p::peer_id& author);

  expected<void, reject_reason> verify_signed(const proto::message_view& msg);

  // Direct-mapped by the id's hash.
  std::array<known_author, 64> authors_;
  bytes buffer_;
};

/// The check of `signing_policy::strict_no_sign`, which costs nothing.
expected<void, reject_reason> verify_unsigned(const proto::message_view& msg);

/// For a single check.
expected<void, reject_reason> verify(const proto::message_view& msg,
                                     signing_policy policy);

/// Writes into `out` what the signature of `msg` is made over:
/// "libp2p-pubsub:" and the message without signature and key.
void signed_bytes(const proto::message_view& msg, bytes& out);

/// Signs this node's messages.
class message_signer {
public:
  explicit message_signer(libp2p::private_key key);

  /// The author that goes into `from`.
  const libp2p::peer_id& author() const noexcept { return author_; }

  /// What goes into `key`: empty when the author's id inlines it.
  bytes_view key_field() const noexcept { return key_field_; }

  /// The signature over the fields of `msg`, encoded in tag order; its own
  /// signature and key are not looked at.
  bytes sign(const proto::message_view& msg) const;

private:
  libp2p::private_key key_;
  libp2p::peer_id author_;
  bytes key_field_;
};

/// A message of this node before it has an encoding. The views must live until
/// `build_message` returns.
struct message_fields {
  std::string_view topic;
  /// Written even when empty, as go does.
  bytes_view data;
  /// Author and number; both absent under `strict_no_sign`. With a signer its
  /// author is taken.
  std::optional<libp2p::peer_id> from;
  std::optional<std::uint64_t> seqno;
};

/// The message of these fields, signed if there is a signer, named by `id_of`.
message_ptr build_message(const message_fields& fields,
                          const message_signer* signer,
                          const message_id_function& id_of);

/// The same, named by its topic's function.
message_ptr build_message(const message_fields& fields,
                          const message_signer* signer, const message_ids& ids);

} // namespace grapevine::gossip
