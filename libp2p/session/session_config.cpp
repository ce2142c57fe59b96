#include "libp2p/session/session_config.hpp"

#include "libp2p/mux/yamux.hpp"

namespace grapevine::libp2p {

std::vector<std::string> offered_muxers() {
  return {std::string{yamux_protocol}};
}

session_config make_session_config(const private_key& key,
                                   const random_source& random,
                                   const wall_clock& time,
                                   std::span<const security_kind> security) {
  session_config result;
  result.identity = std::make_shared<const local_identity>(key);
  result.security =
      make_security({key, random, time, offered_muxers()}, security);
  return result;
}

} // namespace grapevine::libp2p
