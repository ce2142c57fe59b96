#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/secure/secure_channel.hpp"

#include <memory>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// Noise as the node of `key` offers it (libp2p/specs, noise/); `random` makes
/// its static key. `muxers` are told to the other side, the preferred one
/// first.
std::shared_ptr<const security_protocol>
make_noise_security(const private_key& key, const random_source& random,
                    const std::vector<std::string>& muxers);

} // namespace grapevine::libp2p
