#include "libp2p/identity/secp256k1.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <stdexcept>

namespace grapevine::libp2p::detail {

namespace {

constexpr std::size_t point_size = 33;
constexpr std::size_t full_point_size = 65;
constexpr std::size_t scalar_size = 32;

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using ec_group = std::unique_ptr<EC_GROUP, free_with<EC_GROUP_free>>;
using ec_point = std::unique_ptr<EC_POINT, free_with<EC_POINT_free>>;
using ecdsa_sig = std::unique_ptr<ECDSA_SIG, free_with<ECDSA_SIG_free>>;
using param_builder =
    std::unique_ptr<OSSL_PARAM_BLD, free_with<OSSL_PARAM_BLD_free>>;
using params = std::unique_ptr<OSSL_PARAM, free_with<OSSL_PARAM_free>>;

/// Shared by all threads: it is never changed after it is made.
const EC_GROUP* curve() {
  static const ec_group group{EC_GROUP_new_by_curve_name(NID_secp256k1)};
  if (!group)
    throw std::runtime_error{"OpenSSL has no secp256k1"};
  return group.get();
}

evp_pkey make_key(bytes_view point, const BIGNUM* scalar) {
  const param_builder builder{OSSL_PARAM_BLD_new()};
  if (!builder
      || OSSL_PARAM_BLD_push_utf8_string(
             builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "secp256k1", 0)
             != 1
      || OSSL_PARAM_BLD_push_octet_string(
             builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size())
             != 1)
    return nullptr;
  if (scalar != nullptr
      && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar)
             != 1)
    return nullptr;
  const params values{OSSL_PARAM_BLD_to_param(builder.get())};
  const pkey_ctx ctx{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  EVP_PKEY* key = nullptr;
  if (!values || !ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1
      || EVP_PKEY_fromdata(ctx.get(), &key,
                           scalar != nullptr ? EVP_PKEY_KEYPAIR
                                             : EVP_PKEY_PUBLIC_KEY,
                           values.get())
             != 1)
    return nullptr;
  return evp_pkey{key};
}

bytes compress(const EC_POINT* point) {
  bytes out(point_size);
  const auto size =
      EC_POINT_point2oct(curve(), point, POINT_CONVERSION_COMPRESSED,
                         out.data(), out.size(), nullptr);
  if (size != out.size())
    out.clear();
  return out;
}

bool is_private(const BIGNUM* scalar) {
  return !BN_is_zero(scalar)
         && BN_cmp(scalar, EC_GROUP_get0_order(curve())) < 0;
}

} // namespace

evp_pkey decode_secp256k1_public(bytes_view point) {
  // OpenSSL checks that the point lies on the curve.
  return point.size() == point_size ? make_key(point, nullptr) : nullptr;
}

bytes encode_secp256k1_public(const EVP_PKEY* key) {
  std::array<std::uint8_t, full_point_size> octets{};
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                      octets.data(), octets.size(), &size)
      != 1)
    return {};
  if (size == full_point_size) {
    // 4, x, y: the compressed form keeps x, and of y whether it is odd.
    octets[0] = octets.back() % 2 == 0 ? 0x02 : 0x03;
    size = point_size;
  }
  if (size != point_size)
    return {};
  return to_bytes(bytes_view{octets}.first(size));
}

evp_pkey decode_secp256k1_private(bytes_view scalar) {
  if (scalar.size() != scalar_size)
    return nullptr;
  const bignum number{
      BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr)};
  if (!number || !is_private(number.get()))
    return nullptr;
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const ec_point point{EC_POINT_new(curve())};
  if (!point
      || EC_POINT_mul(curve(), point.get(), number.get(), nullptr, nullptr,
                      nullptr)
             != 1)
    return nullptr;
  return make_key(compress(point.get()), number.get());
}

std::optional<secret_bytes> encode_secp256k1_private(const EVP_PKEY* key) {
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &found);
  const bignum scalar{found};
  secret_bytes out{scalar_size};
  if (!scalar
      || BN_bn2binpad(scalar.get(), out.data(), static_cast<int>(scalar_size))
             < 0)
    return std::nullopt;
  return out;
}

bytes with_low_s(bytes_view signature) {
  const auto* at = signature.data();
  const ecdsa_sig sig{
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size()))};
  const bignum half{BN_dup(EC_GROUP_get0_order(curve()))};
  if (!sig || !half || BN_rshift1(half.get(), half.get()) != 1)
    throw std::runtime_error{"OpenSSL made an odd signature"};
  if (BN_cmp(ECDSA_SIG_get0_s(sig.get()), half.get()) <= 0)
    return to_bytes(signature);
  bignum low{BN_new()};
  bignum r{BN_dup(ECDSA_SIG_get0_r(sig.get()))};
  if (!low || !r
      || BN_sub(low.get(), EC_GROUP_get0_order(curve()),
                ECDSA_SIG_get0_s(sig.get()))
             != 1
      || ECDSA_SIG_set0(sig.get(), r.get(), low.get()) != 1)
    throw std::runtime_error{"OpenSSL could not change a signature"};
  // The signature owns both now.
  static_cast<void>(r.release());
  static_cast<void>(low.release());
  bytes out(signature.size() + 2);
  auto* to = out.data();
  const int size = i2d_ECDSA_SIG(sig.get(), &to);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

} // namespace grapevine::libp2p::detail
