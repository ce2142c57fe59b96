#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/base/wall_clock.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/secure/secure_channel.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The protocol id of TLS in multistream-select.
inline constexpr std::string_view tls_protocol = "/tls/1.0.0";

/// TLS 1.3 as the node of `key` offers it (libp2p/specs, tls/), with a
/// certificate that is made now and kept nowhere. `time` is what certificates
/// of others must be valid at; `muxers` are told to the other side, the
/// preferred one first. The random numbers of handshakes are OpenSSL's.
std::shared_ptr<const security_protocol>
make_tls_security(const private_key& key, const random_source& random,
                  const wall_clock& time,
                  const std::vector<std::string>& muxers);

} // namespace grapevine::libp2p
