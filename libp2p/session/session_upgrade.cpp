#include "libp2p/session/session_upgrade.hpp"

#include <algorithm>

namespace grapevine::libp2p {

namespace {

std::vector<std::string> ids_of(const security_protocols& offered) {
  std::vector<std::string> result;
  for (const auto& protocol : offered)
    result.emplace_back(protocol->id());
  return result;
}

} // namespace

session_error to_session_error(multistream_state state) {
  return state == multistream_state::refused ? session_error::no_common_protocol
                                             : session_error::bad_negotiation;
}

session_error to_session_error(secure_error code) {
  switch (code) {
  case secure_error::wrong_peer:
    return session_error::wrong_peer;
  case secure_error::no_common_muxer:
    return session_error::no_common_protocol;
  case secure_error::bad_record:
  case secure_error::cannot_encrypt:
    return session_error::bad_record;
  case secure_error::ended:
    return session_error::go_away;
  case secure_error::bad_handshake:
    break;
  }
  return session_error::bad_handshake;
}

session_upgrade::session_upgrade(
    const session_config& config, role who, std::optional<peer_id> expected,
    std::span<const std::uint8_t, 32> ephemeral_seed)
    : config_{config}, role_{who}, expected_{expected}, seed_{ephemeral_seed},
      offered_{ids_of(config.security)},
      negotiation_{session_negotiation::begin(who, offered_, config.limits)} {}

void session_upgrade::start(bytes& out) {
  // A listener's header too: some dialers wait for it.
  negotiation_.start(out);
}

expected<std::optional<secure_result>, session_error>
session_upgrade::feed(bytes_view& in, bytes& out) {
  if (!handshake_) {
    const auto state = negotiation_.feed(in, out);
    if (state == multistream_state::negotiating)
      return std::optional<secure_result>{};
    if (state != multistream_state::agreed)
      return unexpected{to_session_error(state)};
    begin_handshake(out);
  }
  return handshake_->feed(in, out).map_error(
      [](secure_error code) { return to_session_error(code); });
}

std::string session_upgrade::problem() const {
  if (!handshake_)
    return negotiation_.problem(offered_);
  const auto proven = handshake_->proven();
  if (proven && expected_ && *proven != *expected_)
    return "it is " + to_string(*proven) + ", not " + to_string(*expected_);
  return handshake_->problem();
}

void session_upgrade::begin_handshake(bytes& out) {
  const auto agreed = std::find_if(
      config_.security.begin(), config_.security.end(),
      [&](const auto& each) { return each->id() == negotiation_.protocol(); });
  handshake_ = (*agreed)->begin(role_, expected_, seed_.view(),
                                config_.limits.max_handshake_message);
  handshake_->start(out);
}

} // namespace grapevine::libp2p
