#include "libp2p/identity/secp256k1.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <secp256k1.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace grapevine::libp2p::detail {

namespace {

constexpr std::size_t point_size = 33;
constexpr std::size_t scalar_size = 32;
// SEQUENCE { INTEGER r, INTEGER s }: headers, and a byte of zeros in each.
constexpr std::size_t max_signature_size = 72;

struct context_free {
  void operator()(secp256k1_context* context) const noexcept {
    secp256k1_context_destroy(context);
  }
};

secret_bytes random_scalar() {
  secret_bytes out{scalar_size};
  if (RAND_priv_bytes(out.data(), static_cast<int>(scalar_size)) != 1)
    throw std::runtime_error{"OpenSSL has no random numbers"};
  return out;
}

/// What computes with secrets: blinded by random numbers, so that the time and
/// power it takes tell less of them. Shared by all threads: it is never changed
/// after it is made. What needs no secret takes `secp256k1_context_static`.
const secp256k1_context* blinded() {
  static const auto context = [] {
    std::unique_ptr<secp256k1_context, context_free> made{
        secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
    const auto seed = random_scalar();
    if (secp256k1_context_randomize(made.get(), seed.view().data()) != 1)
      throw std::runtime_error{"libsecp256k1 cannot be initialised"};
    return made;
  }();
  return context.get();
}

using digest = std::array<unsigned char, 32>;

digest sha256(bytes_view message) {
  digest out{};
  if (EVP_Digest(message.data(), message.size(), out.data(), nullptr,
                 EVP_sha256(), nullptr)
      != 1)
    throw std::runtime_error{"OpenSSL has no SHA-256"};
  return out;
}

class secp256k1_key final : public library_key {
public:
  /// Without `scalar` a public key.
  secp256k1_key(const secp256k1_pubkey& point, secret_bytes scalar)
      : point_{point}, scalar_{std::move(scalar)} {
    auto size = public_raw_.size();
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, public_raw_.data(),
                                  &size, &point_, SECP256K1_EC_COMPRESSED);
  }

  bytes_view public_raw() const noexcept override { return public_raw_; }

  secret_bytes private_raw() const override {
    return secret_bytes{to_bytes(scalar_.view())};
  }

  bool verify(bytes_view message, bytes_view signature) const override {
    const auto* context = secp256k1_context_static;
    secp256k1_ecdsa_signature parsed;
    // The library ends the program where it is given no address.
    if (signature.empty()
        || secp256k1_ecdsa_signature_parse_der(
               context, &parsed, signature.data(), signature.size())
               != 1)
      return false;
    // It accepts nothing but the smaller `s`.
    secp256k1_ecdsa_signature_normalize(context, &parsed, &parsed);
    return secp256k1_ecdsa_verify(context, &parsed, sha256(message).data(),
                                  &point_)
           == 1;
  }

  bytes sign(bytes_view message) const override {
    secp256k1_ecdsa_signature made;
    bytes out(max_signature_size);
    auto size = out.size();
    if (secp256k1_ecdsa_sign(blinded(), &made, sha256(message).data(),
                             scalar_.view().data(), nullptr, nullptr)
            != 1
        || secp256k1_ecdsa_signature_serialize_der(secp256k1_context_static,
                                                   out.data(), &size, &made)
               != 1)
      throw std::runtime_error{"libsecp256k1 could not sign"};
    out.resize(size);
    return out;
  }

private:
  secp256k1_pubkey point_;
  secret_bytes scalar_;
  std::array<std::uint8_t, point_size> public_raw_{};
};

library_key::pointer private_key_of(secret_bytes scalar) {
  secp256k1_pubkey point;
  // Refuses what is not within the group's order.
  if (secp256k1_ec_pubkey_create(blinded(), &point, scalar.view().data()) != 1)
    return nullptr;
  return std::make_shared<secp256k1_key>(point, std::move(scalar));
}

} // namespace

library_key::pointer read_secp256k1_public(bytes_view point) {
  secp256k1_pubkey parsed;
  if (point.size() != point_size
      || secp256k1_ec_pubkey_parse(secp256k1_context_static, &parsed,
                                   point.data(), point.size())
             != 1)
    return nullptr;
  return std::make_shared<secp256k1_key>(parsed, secret_bytes{0});
}

library_key::pointer read_secp256k1_private(bytes_view scalar) {
  if (scalar.size() != scalar_size)
    return nullptr;
  return private_key_of(secret_bytes{to_bytes(scalar)});
}

library_key::pointer generate_secp256k1() {
  // One of 2^128 numbers is beyond the order.
  for (;;)
    if (auto key = private_key_of(random_scalar()))
      return key;
}

} // namespace grapevine::libp2p::detail
