#pragma once

#include "libp2p/identity/openssl_codec.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

namespace grapevine::libp2p::detail {

struct openssl_free {
  void operator()(X509* one) const noexcept { X509_free(one); }
  void operator()(X509_EXTENSION* one) const noexcept {
    X509_EXTENSION_free(one);
  }
  void operator()(ASN1_OBJECT* one) const noexcept { ASN1_OBJECT_free(one); }
  void operator()(ASN1_OCTET_STRING* one) const noexcept {
    ASN1_OCTET_STRING_free(one);
  }
  void operator()(ASN1_TYPE* one) const noexcept { ASN1_TYPE_free(one); }
  void operator()(ASN1_SEQUENCE_ANY* one) const noexcept {
    sk_ASN1_TYPE_pop_free(one, ASN1_TYPE_free);
  }
  void operator()(SSL_CTX* one) const noexcept { SSL_CTX_free(one); }
  void operator()(SSL* one) const noexcept { SSL_free(one); }
};

/// What fails only without memory, or by a mistake of ours.
inline void need(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL cannot set up TLS"};
}

/// An object of OpenSSL that is freed when it goes.
template <class T>
using openssl_ptr = std::unique_ptr<T, openssl_free>;

} // namespace grapevine::libp2p::detail
