#include "libp2p/session/session_upgrade.hpp"

namespace grapevine::libp2p {

namespace {

session_error to_session_error(noise_error code) {
  switch (code) {
  case noise_error::wrong_peer:
    return session_error::wrong_peer;
  case noise_error::no_common_muxer:
    return session_error::no_common_protocol;
  default:
    return session_error::bad_handshake;
  }
}

session_negotiation security_negotiation(const std::vector<std::string>& known,
                                         role who,
                                         const session_limits& limits) {
  return who == role::dialer ? session_negotiation::dial(known, limits)
                             : session_negotiation::listen(known, limits);
}

} // namespace

session_error to_session_error(multistream_state state) {
  return state == multistream_state::refused ? session_error::no_common_protocol
                                             : session_error::bad_negotiation;
}

session_upgrade::session_upgrade(
    const session_config& config, role who, std::optional<peer_id> expected,
    std::span<const std::uint8_t, 32> ephemeral_seed)
    : security_{std::string{noise_protocol}},
      negotiation_{security_negotiation(security_, who, config.limits)},
      noise_{
          config.identity,
          who == role::dialer ? noise_role::initiator : noise_role::responder,
          ephemeral_seed, expected, config.limits.max_noise_handshake_message} {
}

void session_upgrade::start(bytes& out) {
  // A listener's header too: some dialers wait for it.
  negotiation_.start(out);
}

expected<bool, session_error> session_upgrade::feed(bytes_view& in,
                                                    bytes& out) {
  if (!agreed_) {
    const auto state = negotiation_.feed(in, out);
    if (state == multistream_state::negotiating)
      return false;
    if (state != multistream_state::agreed)
      return unexpected{libp2p::to_session_error(state)};
    agreed_ = true;
    noise_.start(out);
  }
  const auto used = noise_.feed(in, out);
  if (!used)
    return unexpected{to_session_error(used.error())};
  in = in.subspan(*used);
  return noise_.done();
}

} // namespace grapevine::libp2p
