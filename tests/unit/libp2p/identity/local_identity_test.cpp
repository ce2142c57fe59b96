#include "libp2p/identity/local_identity.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace grapevine;
using namespace grapevine::libp2p;

TEST_CASE("local identity: the peer id follows from the key", "[libp2p]") {
  for (auto type : {key_type::ed25519, key_type::secp256k1, key_type::ecdsa}) {
    const auto key = private_key::generate(type);
    const local_identity self{key};
    CHECK(self.key().public_part() == key.public_part());
    CHECK(self.peer() == peer_id::of(key.public_part()));
  }
}
