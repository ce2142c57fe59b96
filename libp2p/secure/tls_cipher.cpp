#include "libp2p/secure/tls_cipher.hpp"

#include "libp2p/identity/openssl_codec.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace grapevine::libp2p {

namespace {

struct kdf_free {
  void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* ctx) const noexcept { EVP_KDF_CTX_free(ctx); }
};

OSSL_PARAM octets(const char* name, bytes_view data) {
  // OpenSSL's signature is not const-correct; it only reads them.
  return OSSL_PARAM_construct_octet_string(
      name, const_cast<std::uint8_t*>(data.data()), data.size());
}

OSSL_PARAM text(const char* name, const char* value) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
}

/// HKDF-Expand-Label with an empty context (RFC 8446, 7.1).
secret_bytes derive(tls_suite suite, const secret_bytes& secret,
                    std::string_view label, std::size_t size) {
  const detail::error_scope errors;
  const std::unique_ptr<EVP_KDF, kdf_free> kdf{
      EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_3_KDF, nullptr)};
  const std::unique_ptr<EVP_KDF_CTX, kdf_free> ctx{
      kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr};
  const std::array params{
      text(OSSL_KDF_PARAM_MODE, "EXPAND_ONLY"),
      text(OSSL_KDF_PARAM_DIGEST, suite.digest),
      octets(OSSL_KDF_PARAM_KEY, secret.view()),
      octets(OSSL_KDF_PARAM_PREFIX, as_bytes("tls13 ")),
      octets(OSSL_KDF_PARAM_LABEL, as_bytes(label)),
      OSSL_PARAM_construct_end(),
  };
  secret_bytes result{size};
  if (!ctx
      || EVP_KDF_derive(ctx.get(), result.data(), result.size(), params.data())
             != 1)
    throw std::runtime_error{"OpenSSL could not derive the keys of TLS"};
  return result;
}

aead make_aead(tls_suite suite, const secret_bytes& secret) {
  return {suite.cipher,
          derive(suite, secret, "key", aead_key_size(suite.cipher)).view()};
}

aead::nonce make_iv(tls_suite suite, const secret_bytes& secret) {
  const auto derived = derive(suite, secret, "iv", aead::nonce_size);
  aead::nonce result{};
  std::copy(derived.view().begin(), derived.view().end(), result.begin());
  return result;
}

} // namespace

std::optional<tls_suite> tls_suite_of(std::uint16_t number) {
  switch (number) {
  case 0x1301:
    return tls_suite{aead_kind::aes_128_gcm, "SHA256"};
  case 0x1302:
    return tls_suite{aead_kind::aes_256_gcm, "SHA384"};
  case 0x1303:
    return tls_suite{aead_kind::chacha20_poly1305, "SHA256"};
  default:
    return std::nullopt;
  }
}

tls_cipher::tls_cipher(tls_suite suite, secret_bytes secret)
    : suite_{suite}, secret_{std::move(secret)},
      cipher_{make_aead(suite, secret_)}, iv_{make_iv(suite, secret_)} {}

void tls_cipher::update() {
  secret_ = derive(suite_, secret_, "traffic upd", secret_.size());
  cipher_ = make_aead(suite_, secret_);
  iv_ = make_iv(suite_, secret_);
  sequence_ = 0;
}

// The record's number, big-endian and as long as the IV, XORed with it.
aead::nonce tls_cipher::next_nonce() const noexcept {
  auto result = iv_;
  for (std::size_t i = 0; i < sizeof(sequence_); ++i)
    result[result.size() - 1 - i] ^=
        static_cast<std::uint8_t>(sequence_ >> (8 * i));
  return result;
}

bool tls_cipher::seal(tls_content type, std::span<const bytes_view> parts,
                      bytes& out) {
  std::size_t size = 0;
  for (const auto& part : parts)
    size += part.size();
  if (size > max_plaintext)
    return false;
  // The parts are gathered where the record will be and encrypted in place.
  const auto start = out.size();
  const auto record = size + 1 + aead::tag_size;
  make_room(out, header_size + record);
  const std::array<std::uint8_t, header_size> header{
      static_cast<std::uint8_t>(tls_content::application_data), 3, 3,
      static_cast<std::uint8_t>(record >> 8),
      static_cast<std::uint8_t>(record)};
  append(out, header);
  for (const auto& part : parts)
    append(out, part);
  out.push_back(static_cast<std::uint8_t>(type));
  out.resize(start + header_size + record);
  if (!cipher_.seal(next_nonce(), header,
                    std::span{out}.subspan(start + header_size))) {
    out.resize(start);
    return false;
  }
  ++sequence_;
  return true;
}

std::optional<tls_plaintext> tls_cipher::open(bytes_view record,
                                              std::uint8_t* place) {
  const auto header = record.first(header_size);
  const auto ciphertext = record.subspan(header_size);
  // Once there are keys, all looks like application data on the wire.
  if (header[0] != static_cast<std::uint8_t>(tls_content::application_data)
      || ciphertext.size() > max_record
      || !cipher_.open(next_nonce(), header, ciphertext, place))
    return std::nullopt;
  ++sequence_;
  // The content, its type, and zeros as many as the other side likes.
  auto size = ciphertext.size() - aead::tag_size;
  while (size > 0 && place[size - 1] == 0)
    --size;
  if (size == 0 || size - 1 > max_plaintext)
    return std::nullopt;
  return tls_plaintext{static_cast<tls_content>(place[size - 1]),
                       bytes_view{place, size - 1}};
}

} // namespace grapevine::libp2p
