#pragma once

#include <string>

namespace grapevine::gossip {

/// Why a message is rejected. `counts_as_invalid` says which of them the score
/// holds against the sender.
enum class reject_reason {
  /// Strict signing: no signature, or an empty one.
  missing_signature,
  /// The signature was not made over this message with the author's key.
  bad_signature,
  /// Strict signing: no author, or `from` is no peer id.
  bad_author,
  /// Strict signing: the sequence number is absent or not of eight bytes.
  bad_seqno,
  /// `key` is present and empty, no public key, or not the author's.
  bad_key,
  /// No `key`, and the author's id does not inline it.
  missing_key,
  /// No signing: author or seqno is present.
  unexpected_author,
  /// No signing: signature or key is present.
  unexpected_signature,
  /// An application's validator said so.
  validator,
  /// The same bytes were rejected before, for whatever reason.
  rejected_before,
  /// The sender is blocked here.
  blacklisted_peer,
  /// The author is blocked here, whoever sends its message.
  blacklisted_author,
};

std::string to_string(reject_reason reason);

/// Whether the score counts it as an invalid message (P4), as go does: all but
/// the blacklists', which are this node's own affair. What is ignored by a
/// validator, throttled or without room to be validated is no rejection, and
/// counts neither.
constexpr bool counts_as_invalid(reject_reason reason) noexcept {
  return reason != reject_reason::blacklisted_peer
         && reason != reject_reason::blacklisted_author;
}

} // namespace grapevine::gossip
