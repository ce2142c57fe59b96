#pragma once

#include "libp2p/base/types.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::libp2p {

/// What can go wrong between plain bytes and a secure channel, and in it. Each
/// of them ends the connection.
enum class secure_error {
  /// The handshake failed: malformed, too long, or not proven.
  bad_handshake,
  /// The other side proved an identity other than the expected one.
  wrong_peer,
  /// Both sides named stream muxers, and none in common.
  no_common_muxer,
  /// A record is malformed, too long, or did not authenticate.
  bad_record,
  /// Nothing more can be encrypted: the key is used up, or it was too much for
  /// one record.
  cannot_encrypt,
  /// The other side said that nothing more comes.
  ended,
};

/// Bytes of a buffer that an idle connection keeps. Gossip's usual frames fit,
/// so that a connection in steady use allocates nothing.
inline constexpr std::size_t kept_frame_memory = 4096;

/// An encrypted and authenticated connection: turns plaintext into records and
/// records into plaintext. What it costs is paid per record.
class secure_channel {
public:
  virtual ~secure_channel() = default;

  /// Most plaintext in one record, in bytes.
  virtual std::size_t max_plaintext() const noexcept = 0;

  /// Encrypts the concatenation of `parts`, at most `max_plaintext` bytes, as
  /// one record and appends it to `out`. The parts must not lie in `out`. On
  /// error (cannot_encrypt) `out` is as before.
  virtual expected<void, secure_error>
  encrypt(std::span<const bytes_view> parts, bytes& out) = 0;

  /// The plaintext of the next record, taken from the front of `chunk`, which
  /// is shortened by what was used; nothing when `chunk` is used up. To be
  /// called until it gives nothing; bad_record. `writable` is memory around
  /// `chunk` that may be overwritten, or empty: a record that lies whole in it
  /// may be decrypted in its place. The view, into `writable` or the channel's
  /// own memory, is valid until the next call.
  virtual expected<std::optional<bytes_view>, secure_error>
  next(bytes_view& chunk, std::span<std::uint8_t> writable) = 0;

  /// Appends what tells the other side that nothing more comes, where the
  /// protocol has that; once. Nothing may be encrypted afterwards.
  virtual void finish(bytes& out) = 0;

  /// Gives back what large records took, unless one is under way.
  virtual void shrink() = 0;
};

/// What a handshake leaves.
struct secure_result {
  /// Who the other side proved to be.
  peer_id peer;
  public_key key;
  /// The stream muxer, if the handshake settled that, too; otherwise
  /// multistream-select does.
  std::optional<std::string> muxer;
  /// Never null.
  std::unique_ptr<secure_channel> channel;
};

/// The handshake of one connection. After an error it stays failed.
class secure_handshake {
public:
  virtual ~secure_handshake() = default;

  /// Appends what this side sends unasked to `out`. Call it once, before
  /// `feed`.
  virtual void start(bytes& out) = 0;

  /// Takes bytes of the other side, shortens `in` by what was used, and appends
  /// answers to `out`. Nothing while more is needed; the result when the
  /// handshake is done: what is left of `in` are records then, and `feed` must
  /// not be called again. bad_handshake, wrong_peer, no_common_muxer.
  virtual expected<std::optional<secure_result>, secure_error>
  feed(bytes_view& in, bytes& out) = 0;

  /// Who the other side has proven to be, even if it is not the one wanted.
  virtual std::optional<peer_id> proven() const = 0;

  /// For people: why it failed; empty if it did not, or there is nothing to add
  /// to the error.
  virtual std::string problem() const = 0;
};

/// A security protocol as this node offers it, with what it needs of the node's
/// key. Made once, shared by all sessions, never changed.
class security_protocol {
public:
  virtual ~security_protocol() = default;

  /// The protocol id in multistream-select.
  virtual std::string_view id() const noexcept = 0;

  /// Begins the handshake of one connection. `wanted`: the identity that was
  /// dialled; a dialer checks it before it reveals its own, where the protocol
  /// allows. `seed`: 32 random bytes for this handshake alone; a protocol whose
  /// library has its own may leave them. `max_message`: longest handshake
  /// message that is accepted (limits.hpp).
  virtual std::unique_ptr<secure_handshake>
  begin(role who, const std::optional<peer_id>& wanted,
        std::span<const std::uint8_t, 32> seed,
        std::size_t max_message) const = 0;
};

} // namespace grapevine::libp2p
