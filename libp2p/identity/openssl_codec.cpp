#include "libp2p/identity/openssl_codec.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#include <limits>
#include <string_view>

namespace grapevine::libp2p::detail {

namespace {

// Far above any key that is accepted: 8192-bit RSA private keys take 4.7 KB.
constexpr std::size_t max_der_size = std::size_t{16} * 1024;

/// i2d functions give the size, then write.
template <class Write>
std::size_t der_size(const EVP_PKEY* key, Write write) {
  const int size = write(key, nullptr);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

} // namespace

evp_pkey decode_spki(bytes_view der) {
  if (der.size() > max_der_size)
    return nullptr;
  const auto* at = der.data();
  evp_pkey key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
  return key && at == der.data() + der.size() ? std::move(key) : nullptr;
}

bytes encode_spki(const EVP_PKEY* key) {
  bytes der(der_size(key, i2d_PUBKEY));
  auto* at = der.data();
  if (!der.empty() && i2d_PUBKEY(key, &at) <= 0)
    der.clear();
  return der;
}

evp_pkey decode_private_der(key_type type, bytes_view der) {
  if (der.size() > max_der_size)
    return nullptr;
  const int kind = type == key_type::rsa ? EVP_PKEY_RSA : EVP_PKEY_EC;
  const auto* at = der.data();
  evp_pkey key{
      d2i_PrivateKey(kind, nullptr, &at, static_cast<long>(der.size()))};
  return key && at == der.data() + der.size() ? std::move(key) : nullptr;
}

std::optional<secret_bytes> encode_private_der(const EVP_PKEY* key) {
  secret_bytes der{der_size(key, i2d_PrivateKey)};
  auto* at = der.data();
  if (der.size() == 0 || i2d_PrivateKey(key, &at) <= 0)
    return std::nullopt;
  return der;
}

bignum rsa_exponent(const EVP_PKEY* key) {
  BIGNUM* exponent = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent);
  return bignum{exponent};
}

namespace {

bool text_param_is(const EVP_PKEY* key, const char* name,
                   std::string_view wanted) {
  std::array<char, 32> text{};
  std::size_t size = 0;
  return EVP_PKEY_get_utf8_string_param(key, name, text.data(), text.size(),
                                        &size)
             == 1
         && std::string_view{text.data(), size} == wanted;
}

} // namespace

bool has_named_curve(const EVP_PKEY* key) {
  // Explicit parameters that equal a known curve's still get its name, so the
  // encoding is what has to be asked for.
  return text_param_is(key, OSSL_PKEY_PARAM_EC_ENCODING,
                       OSSL_PKEY_EC_ENCODING_GROUP);
}

bool has_uncompressed_point(const EVP_PKEY* key) {
  return text_param_is(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                       OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
}

} // namespace grapevine::libp2p::detail
