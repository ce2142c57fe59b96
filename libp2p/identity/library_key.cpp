#include "libp2p/identity/library_key.hpp"

#include "libp2p/identity/openssl_key.hpp"
#include "libp2p/identity/secp256k1.hpp"

namespace grapevine::libp2p::detail {

library_key::pointer library_key::read_public(key_type type, bytes_view raw) {
  return type == key_type::secp256k1 ? read_secp256k1_public(raw)
                                     : read_openssl_public(type, raw);
}

library_key::pointer library_key::read_private(key_type type, bytes_view raw) {
  return type == key_type::secp256k1 ? read_secp256k1_private(raw)
                                     : read_openssl_private(type, raw);
}

library_key::pointer library_key::generate(key_type type) {
  return type == key_type::secp256k1 ? generate_secp256k1()
                                     : generate_openssl(type);
}

} // namespace grapevine::libp2p::detail
