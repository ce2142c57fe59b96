#pragma once

#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "libp2p/secure/noise_cipher.hpp"
#include "libp2p/secure/noise_handshake.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The protocol id of Noise in multistream-select.
inline constexpr std::string_view noise_protocol = "/noise";

/// What Noise needs of this node's key: a static X25519 pair, and the libp2p
/// payload in which the key signs it (libp2p/specs, noise/, "Static Key
/// Authentication"). Made once per process and shared by all handshakes, so
/// that none costs a signature. Never stored.
class noise_credentials {
public:
  /// `static_seed`: 32 random bytes, which become the static key. `muxers` are
  /// told to the other side, the preferred one first; none leaves the muxer to
  /// multistream-select.
  static std::shared_ptr<const noise_credentials>
  create(const private_key& key, std::span<const std::uint8_t, 32> static_seed,
         std::vector<std::string> muxers);

  const x25519_keypair& static_keys() const noexcept { return static_; }
  const std::vector<std::string>& muxers() const noexcept { return muxers_; }

  /// The encoded NoiseHandshakePayload.
  bytes_view payload() const noexcept { return payload_; }

private:
  noise_credentials(const private_key& key,
                    std::span<const std::uint8_t, 32> seed,
                    std::vector<std::string> muxers);

  x25519_keypair static_;
  std::vector<std::string> muxers_;
  bytes payload_;
};

/// What the other side's payload proved and told.
struct noise_remote {
  /// The key that signed the other side's static key, and its peer.
  public_key key;
  peer_id peer;
  /// The muxers it named, in its order; empty if it named none.
  std::vector<std::string> muxers;
};

/// Decodes a NoiseHandshakePayload and checks that its identity key signed
/// `static_key`. bad_payload, bad_signature.
expected<noise_remote, noise_error>
verify_noise_payload(bytes_view payload,
                     std::span<const std::uint8_t, 32> static_key);

/// The encoded NoiseHandshakePayload of `key` for `static_key`.
bytes make_noise_payload(const private_key& key,
                         std::span<const std::uint8_t, 32> static_key,
                         const std::vector<std::string>& muxers);

/// What a finished handshake leaves.
struct noise_result {
  noise_remote remote;
  /// The first of the initiator's muxers that the responder knows too
  /// (libp2p/specs, connections/inlined-muxer-negotiation). Nothing when a side
  /// named none: then multistream-select settles it.
  std::optional<std::string> agreed_muxer;
  noise_cipher send;
  noise_cipher receive;
};

/// The libp2p Noise handshake of one connection: Noise XX in records of a
/// two-byte length, the identities proven in the payloads of messages 2 and 3.
/// One connection, one object; after an error it stays failed.
class noise_handshake {
public:
  /// `ephemeral_seed`: 32 random bytes for this handshake alone. `wanted`: the
  /// identity that was dialled; the initiator checks it before it reveals its
  /// own. `max_message`: longest message that is accepted (limits.hpp).
  noise_handshake(std::shared_ptr<const noise_credentials> self,
                  noise_role role,
                  std::span<const std::uint8_t, 32> ephemeral_seed,
                  std::optional<peer_id> wanted = std::nullopt,
                  std::size_t max_message = 8192);
  noise_handshake(noise_handshake&&) noexcept = default;

  /// Appends the initiator's first message to `out`; nothing for a responder.
  /// Call it once, before `feed`.
  void start(bytes& out);

  /// Takes bytes of the other side and appends our answers to `out`. Returns
  /// how many bytes of `in` were used: all of them until the handshake is done;
  /// what follows its last message are transport records and is left.
  expected<std::size_t, noise_error> feed(bytes_view in, bytes& out);

  bool done() const noexcept { return state_.done(); }

  /// Who the other side has proven to be, wanted or not.
  std::optional<peer_id> remote_peer() const {
    return remote_ ? std::optional{remote_->peer} : std::nullopt;
  }

  /// The outcome; once, and only when done.
  noise_result take_result();

private:
  expected<void, noise_error> on_message(bytes_view message, bytes& out);
  expected<void, noise_error> write_message(bytes_view payload, bytes& out);
  expected<void, noise_error> check_remote(bytes_view payload);
  expected<void, noise_error> agree_on_muxer();
  unexpected<noise_error> fail(noise_error why);

  std::shared_ptr<const noise_credentials> self_;
  noise_role role_;
  noise_xx state_;
  noise_record_reader reader_;
  std::optional<peer_id> wanted_;
  std::optional<noise_remote> remote_;
  std::optional<std::string> muxer_;
  std::optional<noise_error> failed_;
};

} // namespace grapevine::libp2p
