#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "libp2p/secure/openssl_tls.hpp"
#include "libp2p/secure/tls_fault.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <chrono>

namespace grapevine::libp2p {

// The certificates of libp2p's TLS (libp2p/specs, tls/, "Peer Authentication"):
// self-signed by a key of their own, with the node's identity key and its
// signature of that key in an extension.

/// A key pair for TLS alone, and the certificate that says whose it is.
struct tls_certificate {
  detail::openssl_ptr<X509> certificate;
  detail::evp_pkey key;
};

/// A new ECDSA key (P-256, by OpenSSL's random numbers) and its certificate,
/// signed by `identity`; `random` makes the serial number. It is valid at any
/// time. Throws std::runtime_error when OpenSSL cannot.
tls_certificate make_tls_certificate(const private_key& identity,
                                     const random_source& random);

/// The libp2p Public Key Extension of the certificate of `key`, signed by
/// `identity`; its value alone.
bytes make_tls_identity(const private_key& identity, const EVP_PKEY* key);

/// Whom a certificate names.
struct tls_remote {
  public_key key;
  peer_id peer;
};

/// Checks all that the specification asks of a certificate, at the time `now`,
/// and gives whom it names. That the other side holds its key is for the
/// handshake to show.
expected<tls_remote, tls_fault>
verify_tls_certificate(X509* certificate,
                       std::chrono::system_clock::time_point now);

/// The same of a certificate in DER.
expected<tls_remote, tls_fault>
verify_tls_certificate(bytes_view der,
                       std::chrono::system_clock::time_point now);

} // namespace grapevine::libp2p
