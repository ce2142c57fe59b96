#include "libp2p/secure/noise.hpp"

#include "proto/identity.pb.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace grapevine::libp2p {

namespace {

constexpr std::string_view signature_prefix = "noise-libp2p-static-key:";

/// What the identity key signs: the prefix and the static key.
bytes signed_bytes(std::span<const std::uint8_t, 32> static_key) {
  bytes result;
  result.reserve(signature_prefix.size() + static_key.size());
  append(result, as_bytes(signature_prefix));
  append(result, static_key);
  return result;
}

/// The first of the initiator's muxers that the responder has too.
std::optional<std::string>
first_common(const std::vector<std::string>& initiators,
             const std::vector<std::string>& responders) {
  auto known = [&](const std::string& muxer) {
    return std::find(responders.begin(), responders.end(), muxer)
           != responders.end();
  };
  auto found = std::find_if(initiators.begin(), initiators.end(), known);
  if (found == initiators.end())
    return std::nullopt;
  return *found;
}

} // namespace

bytes make_noise_payload(const private_key& key,
                         std::span<const std::uint8_t, 32> static_key,
                         const std::vector<std::string>& muxers) {
  auto identity = key.public_part().to_protobuf();
  auto signature = key.sign(signed_bytes(static_key));
  pb::NoiseHandshakePayload payload;
  payload.set_identity_key(identity.data(), identity.size());
  payload.set_identity_sig(signature.data(), signature.size());
  for (const auto& muxer : muxers)
    payload.mutable_extensions()->add_stream_muxers(muxer);
  bytes result(payload.ByteSizeLong());
  payload.SerializeToArray(result.data(), static_cast<int>(result.size()));
  return result;
}

expected<noise_remote, noise_error>
verify_noise_payload(bytes_view payload,
                     std::span<const std::uint8_t, 32> static_key) {
  if (payload.size() > noise_cipher::max_record)
    return unexpected{noise_error::too_large};
  pb::NoiseHandshakePayload decoded;
  if (!decoded.ParseFromArray(payload.data(), static_cast<int>(payload.size())))
    return unexpected{noise_error::bad_payload};
  auto key = public_key::from_protobuf(as_bytes(decoded.identity_key()));
  if (!key)
    return unexpected{noise_error::bad_payload};
  if (!key->verify(signed_bytes(static_key), as_bytes(decoded.identity_sig())))
    return unexpected{noise_error::bad_signature};
  const auto& muxers = decoded.extensions().stream_muxers();
  return noise_remote{*key, peer_id::of(*key), {muxers.begin(), muxers.end()}};
}

// -- noise_credentials --------------------------------------------------------

noise_credentials::noise_credentials(const private_key& key,
                                     std::span<const std::uint8_t, 32> seed,
                                     std::vector<std::string> muxers)
    : static_{x25519_keypair::from_seed(seed)}, muxers_{std::move(muxers)},
      payload_{make_noise_payload(key, static_.shared, muxers_)} {}

std::shared_ptr<const noise_credentials>
noise_credentials::create(const private_key& key,
                          std::span<const std::uint8_t, 32> static_seed,
                          std::vector<std::string> muxers) {
  // Chooses the fastest X25519 for this processor; later calls do nothing.
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot be initialised");
  return std::shared_ptr<const noise_credentials>{
      new noise_credentials{key, static_seed, std::move(muxers)}};
}

// -- noise_handshake ----------------------------------------------------------

noise_handshake::noise_handshake(
    std::shared_ptr<const noise_credentials> self, noise_role role,
    std::span<const std::uint8_t, 32> ephemeral_seed,
    std::optional<peer_id> wanted, std::size_t max_message)
    : self_{std::move(self)}, role_{role}, state_{role, self_->static_keys(),
                                                  x25519_keypair::from_seed(
                                                      ephemeral_seed)},
      reader_{max_message}, wanted_{wanted} {}

void noise_handshake::start(bytes& out) {
  if (role_ == noise_role::initiator && state_.our_turn())
    // The first message is not encrypted: it carries no payload.
    if (auto written = write_message({}, out); !written)
      fail(written.error());
}

expected<std::size_t, noise_error> noise_handshake::feed(bytes_view in,
                                                         bytes& out) {
  if (failed_)
    return unexpected{*failed_};
  auto rest = in;
  while (!done()) {
    auto message = reader_.next(rest);
    if (!message)
      return fail(message.error());
    if (!message->has_value())
      break;
    if (auto handled = on_message(**message, out); !handled)
      return fail(handled.error());
  }
  return in.size() - rest.size();
}

expected<void, noise_error> noise_handshake::on_message(bytes_view message,
                                                        bytes& out) {
  bytes payload;
  if (auto read = state_.read(message, payload); !read)
    return read;
  // Message 1 names nobody; 2 and 3 carry the other side's identity.
  auto names_peer = role_ == noise_role::initiator || state_.done();
  if (names_peer)
    if (auto checked = check_remote(payload); !checked)
      return checked;
  if (!state_.our_turn())
    return {};
  return write_message(self_->payload(), out);
}

expected<void, noise_error> noise_handshake::write_message(bytes_view payload,
                                                           bytes& out) {
  auto start = out.size();
  out.resize(start + noise_cipher::header_size);
  if (auto written = state_.write(payload, out); !written) {
    out.resize(start);
    return written;
  }
  auto size = out.size() - start - noise_cipher::header_size;
  out[start] = static_cast<std::uint8_t>(size >> 8);
  out[start + 1] = static_cast<std::uint8_t>(size);
  return {};
}

expected<void, noise_error> noise_handshake::check_remote(bytes_view payload) {
  auto remote = verify_noise_payload(payload, state_.remote_static());
  if (!remote)
    return unexpected{remote.error()};
  remote_ = std::move(*remote);
  if (wanted_ && *wanted_ != remote_->peer)
    return unexpected{noise_error::wrong_peer};
  return agree_on_muxer();
}

expected<void, noise_error> noise_handshake::agree_on_muxer() {
  const auto& ours = self_->muxers();
  const auto& theirs = remote_->muxers;
  if (ours.empty() || theirs.empty())
    return {};
  muxer_ = role_ == noise_role::initiator ? first_common(ours, theirs)
                                          : first_common(theirs, ours);
  if (!muxer_)
    return unexpected{noise_error::no_common_muxer};
  return {};
}

unexpected<noise_error> noise_handshake::fail(noise_error why) {
  failed_ = why;
  return unexpected{why};
}

noise_result noise_handshake::take_result() {
  if (!done() || failed_ || !remote_)
    throw std::logic_error("the Noise handshake has no result");
  auto [send, receive] = state_.split();
  auto remote = std::move(*remote_);
  remote_.reset();
  return {std::move(remote), std::move(muxer_), std::move(send),
          std::move(receive)};
}

} // namespace grapevine::libp2p
