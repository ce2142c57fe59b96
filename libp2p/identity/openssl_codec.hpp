#pragma once

#include "libp2p/base/secret.hpp"
#include "libp2p/identity/keys.hpp"
#include "proto/bytes.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>
#include <optional>

namespace grapevine::libp2p::detail {

struct evp_pkey_free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};

struct pkey_ctx_free {
  void operator()(EVP_PKEY_CTX* ctx) const noexcept { EVP_PKEY_CTX_free(ctx); }
};

struct bignum_free {
  void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
};

using evp_pkey = std::unique_ptr<EVP_PKEY, evp_pkey_free>;
using pkey_ctx = std::unique_ptr<EVP_PKEY_CTX, pkey_ctx_free>;
using bignum = std::unique_ptr<BIGNUM, bignum_free>;

/// Drops what its scope added to this thread's queue of OpenSSL errors.
class error_scope {
public:
  error_scope() noexcept { ERR_set_mark(); }
  ~error_scope() { ERR_pop_to_mark(); }
  error_scope(const error_scope&) = delete;
  error_scope& operator=(const error_scope&) = delete;
};

/// The key of a DER SubjectPublicKeyInfo with nothing behind it; null if none.
evp_pkey decode_spki(bytes_view der);

/// The DER SubjectPublicKeyInfo; empty on failure.
bytes encode_spki(const EVP_PKEY* key);

/// The key of a PKCS#1 RSAPrivateKey or SEC 1 ECPrivateKey in DER (or either as
/// PKCS#8) with nothing behind it; null if none.
evp_pkey decode_private_der(key_type type, bytes_view der);

/// PKCS#1 RSAPrivateKey or SEC 1 ECPrivateKey in DER.
std::optional<secret_bytes> encode_private_der(const EVP_PKEY* key);

/// The public exponent; null if there is none.
bignum rsa_exponent(const EVP_PKEY* key);

/// Whether the curve is given by its name and not by its parameters.
bool has_named_curve(const EVP_PKEY* key);

/// Whether the public point was, and will be, written in full.
bool has_uncompressed_point(const EVP_PKEY* key);

} // namespace grapevine::libp2p::detail
