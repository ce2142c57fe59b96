#include "libp2p/identity/openssl_key.hpp"

#include "libp2p/identity/openssl_codec.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <stdexcept>
#include <string>

namespace grapevine::libp2p::detail {

namespace {

constexpr int min_rsa_bits = 2048;
constexpr int max_rsa_bits = 8192;
// Go refuses larger ones; a huge exponent makes checking expensive.
constexpr int max_rsa_exponent_bits = 31;
// The smallest curve that Go reads.
constexpr int min_ec_bits = 224;

struct md_ctx_free {
  void operator()(EVP_MD_CTX* ctx) const noexcept { EVP_MD_CTX_free(ctx); }
};

using md_ctx = std::unique_ptr<EVP_MD_CTX, md_ctx_free>;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{"OpenSSL could not " + what};
}

bool acceptable_rsa(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  const auto exponent = rsa_exponent(key);
  return EVP_PKEY_is_a(key, "RSA") == 1 && bits >= min_rsa_bits
         && bits <= max_rsa_bits && exponent
         && BN_num_bits(exponent.get()) <= max_rsa_exponent_bits
         && BN_is_odd(exponent.get()) && !BN_is_one(exponent.get());
}

/// A named curve: explicit parameters let the sender choose weak ones. And a
/// point in full: compressed it would give the same key a second peer id.
bool acceptable_ecdsa(const EVP_PKEY* key) {
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) >= min_ec_bits
         && has_named_curve(key) && has_uncompressed_point(key);
}

bool acceptable(key_type type, const EVP_PKEY* key) {
  switch (type) {
  case key_type::rsa:
    return acceptable_rsa(key);
  case key_type::ecdsa:
    return acceptable_ecdsa(key);
  case key_type::secp256k1:
  case key_type::ed25519:
    break;
  }
  return false;
}

class openssl_key final : public library_key {
public:
  openssl_key(evp_pkey key, bytes public_raw)
      : key_{std::move(key)}, public_raw_{std::move(public_raw)} {}

  bytes_view public_raw() const noexcept override { return public_raw_; }
  secret_bytes private_raw() const override;
  bool verify(bytes_view message, bytes_view signature) const override;
  bytes sign(bytes_view message) const override;

  /// Whether the private and the public half belong together.
  bool halves_match() const {
    const pkey_ctx ctx{
        EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
    return ctx && EVP_PKEY_pairwise_check(ctx.get()) == 1;
  }

private:
  evp_pkey key_;
  bytes public_raw_;
};

/// The key, if it keeps the limits of its type.
std::shared_ptr<const openssl_key> adopt(key_type type, evp_pkey key) {
  if (!key || !acceptable(type, key.get()))
    return nullptr;
  auto public_raw = encode_spki(key.get());
  if (public_raw.empty())
    return nullptr;
  return std::make_shared<openssl_key>(std::move(key), std::move(public_raw));
}

secret_bytes openssl_key::private_raw() const {
  const error_scope errors;
  auto raw = encode_private_der(key_.get());
  if (!raw)
    fail("encode a private key");
  return std::move(*raw);
}

bool openssl_key::verify(bytes_view message, bytes_view signature) const {
  const error_scope errors;
  const md_ctx ctx{EVP_MD_CTX_new()};
  return ctx
         && EVP_DigestVerifyInit(ctx.get(), nullptr, EVP_sha256(), nullptr,
                                 key_.get())
                == 1
         && EVP_DigestVerify(ctx.get(), signature.data(), signature.size(),
                             message.data(), message.size())
                == 1;
}

bytes openssl_key::sign(bytes_view message) const {
  const error_scope errors;
  const md_ctx ctx{EVP_MD_CTX_new()};
  std::size_t size = 0;
  if (!ctx
      || EVP_DigestSignInit(ctx.get(), nullptr, EVP_sha256(), nullptr,
                            key_.get())
             != 1
      || EVP_DigestSign(ctx.get(), nullptr, &size, message.data(),
                        message.size())
             != 1)
    fail("begin a signature");
  bytes signature(size);
  if (EVP_DigestSign(ctx.get(), signature.data(), &size, message.data(),
                     message.size())
      != 1)
    fail("sign");
  signature.resize(size);
  return signature;
}

} // namespace

// What fails is in OpenSSL's queue of this thread, where the next caller would
// take it for its own: each call ends with an `error_scope`.

library_key::pointer read_openssl_public(key_type type, bytes_view raw) {
  const error_scope errors;
  auto key = adopt(type, decode_spki(raw));
  // One key has one encoding, hence one peer id.
  return key && equal(key->public_raw(), raw) ? key : nullptr;
}

library_key::pointer read_openssl_private(key_type type, bytes_view raw) {
  const error_scope errors;
  // The limits first: checking the halves of a huge key takes long.
  auto key = adopt(type, decode_private_der(type, raw));
  return key && key->halves_match() ? key : nullptr;
}

library_key::pointer generate_openssl(key_type type) {
  const error_scope errors;
  EVP_PKEY* made = nullptr;
  if (type == key_type::rsa)
    made = EVP_RSA_gen(min_rsa_bits);
  else if (type == key_type::ecdsa)
    made = EVP_EC_gen("P-256");
  auto key = adopt(type, evp_pkey{made});
  if (!key)
    fail("make a key");
  return key;
}

} // namespace grapevine::libp2p::detail
