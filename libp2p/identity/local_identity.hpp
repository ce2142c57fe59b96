#pragma once

#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <utility>

namespace grapevine::libp2p {

/// Who this node is: its private key, and the peer id that follows from it.
class local_identity {
public:
  explicit local_identity(private_key key)
      : key_{std::move(key)}, peer_{peer_id::of(key_.public_part())} {}

  const private_key& key() const noexcept { return key_; }
  const peer_id& peer() const noexcept { return peer_; }

private:
  private_key key_;
  peer_id peer_;
};

} // namespace grapevine::libp2p
