#pragma once

#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The header that both sides of a negotiation begin with.
inline constexpr std::string_view multistream_protocol = "/multistream/1.0.0";

/// Why a negotiation failed. The stream (or connection) is of no more use.
enum class multistream_error {
  /// A message is longer than the limit.
  too_long,
  /// A length is no valid varint, or a message is empty or has no newline.
  malformed,
  /// The first message is not the header, or the header came again.
  bad_header,
  /// The answer is neither `na` nor the protocol that was proposed.
  unexpected_answer,
  /// More proposals than the limit allows.
  too_many_rounds,
};

std::string to_string(multistream_error code);

/// How far a negotiation is.
enum class multistream_state {
  /// More bytes of the other side are needed.
  negotiating,
  /// `protocol()` was agreed. Bytes that `feed` left belong to it.
  agreed,
  /// The listener knows none of the dialer's protocols.
  refused,
  /// See `error()`.
  failed,
};

/// The bounds of one negotiation; see limits.hpp for why.
struct multistream_limits {
  /// A message with its newline, in bytes.
  std::size_t max_message = 1024;
  /// Proposals, `ls` included.
  std::size_t max_rounds = 32;
};

/// Appends `text`, a newline added, as a multistream message.
void append_multistream(bytes& out, std::string_view text);

/// Collects length-prefixed, newline-terminated messages from chunks.
class multistream_reader {
public:
  explicit multistream_reader(std::size_t max_message)
      : max_message_{max_message} {}

  /// The next message without its newline, taken from the front of `in`, which
  /// is shortened; nothing when `in` is used up. Valid until the next call.
  expected<std::optional<std::string_view>, multistream_error>
  next(bytes_view& in);

private:
  expected<std::optional<std::size_t>, multistream_error>
  read_length(bytes_view& in);

  std::size_t max_message_;
  /// Length prefix, then body, of the message that is not yet whole.
  bytes held_;
  std::optional<std::size_t> length_;
};

/// Proposes protocols, one after the other, until the listener takes one
/// (multistream-select 1.0; libp2p/specs, connections/).
class multistream_dialer {
public:
  /// `protocols` in order of preference, at least one.
  explicit multistream_dialer(std::vector<std::string> protocols,
                              multistream_limits limits = {});

  /// Appends header and first proposal to `out`. A caller with one protocol
  /// alone may let data follow at once, without waiting for `agreed`: all
  /// implementations accept it, and if it is refused the stream is lost anyway.
  void start(bytes& out);

  /// Takes bytes of the listener and appends further proposals to `out`.
  /// Returns how many bytes were used; the rest belongs to the protocol.
  std::size_t feed(bytes_view in, bytes& out);

  multistream_state state() const noexcept { return state_; }
  /// The agreed protocol; while negotiating, the one that is proposed.
  const std::string& protocol() const noexcept { return protocols_[current_]; }
  /// Why it failed, if it did.
  std::optional<multistream_error> error() const noexcept { return error_; }

private:
  friend struct multistream_feed;

  void on_message(std::string_view text, bytes& out);
  void fail(multistream_error why);

  std::vector<std::string> protocols_;
  multistream_limits limits_;
  multistream_reader reader_;
  std::size_t current_ = 0;
  bool header_seen_ = false;
  multistream_state state_ = multistream_state::negotiating;
  std::optional<multistream_error> error_;
};

/// Answers a dialer's proposals.
class multistream_listener {
public:
  /// `supported` must outlive the negotiation.
  explicit multistream_listener(std::span<const std::string> supported,
                                multistream_limits limits = {});

  /// Appends the header to `out`. Not needed: `feed` sends it before its first
  /// answer. For connections, where a dialer may wait for it.
  void start(bytes& out);

  /// Takes bytes of the dialer and appends answers to `out`. Returns how many
  /// bytes were used; what is left after `agreed` is the protocol's own data
  /// (a lazy dialer sends header, proposal and data at once).
  std::size_t feed(bytes_view in, bytes& out);

  /// `refused` never occurs: only the dialer can give up.
  multistream_state state() const noexcept { return state_; }
  /// The agreed protocol, one of `supported`; empty before.
  std::string_view protocol() const noexcept { return protocol_; }
  /// The last proposal that was none of `supported`, cut short if it is long;
  /// empty if there was none.
  const std::string& refused() const noexcept { return refused_; }
  std::optional<multistream_error> error() const noexcept { return error_; }

private:
  friend struct multistream_feed;

  void on_message(std::string_view text, bytes& out);
  void list_protocols(bytes& out) const;
  void fail(multistream_error why);

  std::span<const std::string> supported_;
  multistream_limits limits_;
  multistream_reader reader_;
  std::size_t rounds_ = 0;
  bool header_sent_ = false;
  bool header_seen_ = false;
  std::string_view protocol_;
  std::string refused_;
  multistream_state state_ = multistream_state::negotiating;
  std::optional<multistream_error> error_;
};

} // namespace grapevine::libp2p
