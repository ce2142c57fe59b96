#pragma once

#include "libp2p/identity/library_key.hpp"

namespace grapevine::libp2p::detail {

// ECDSA and RSA keys in OpenSSL's hands, which wipes the private numbers when
// it frees them. As the functions of `library_key`, for these two types alone.

library_key::pointer read_openssl_public(key_type type, bytes_view raw);
library_key::pointer read_openssl_private(key_type type, bytes_view raw);
library_key::pointer generate_openssl(key_type type);

} // namespace grapevine::libp2p::detail
