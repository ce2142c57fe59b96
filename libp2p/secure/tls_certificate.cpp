#include "libp2p/secure/tls_certificate.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine::libp2p {

namespace {

using detail::need;
using detail::openssl_ptr;

constexpr const char* identity_oid = "1.3.6.1.4.1.53594.1.1";
constexpr std::string_view signed_prefix = "libp2p-tls-handshake:";

/// As the specification's own test vectors and rust-libp2p have it: a node's
/// clock may be as wrong as it likes, and its start is nobody's business.
constexpr const char* valid_from = "19750101000000Z";
constexpr const char* valid_until = "40960101000000Z";

/// What the identity key signs: the prefix and the certificate's key.
bytes signed_bytes(bytes_view spki) {
  auto result = to_bytes(as_bytes(signed_prefix));
  append(result, spki);
  return result;
}

openssl_ptr<ASN1_OBJECT> identity_object() {
  openssl_ptr<ASN1_OBJECT> result{OBJ_txt2obj(identity_oid, 1)};
  need(result != nullptr);
  return result;
}

// -- SignedKey ----------------------------------------------------------------

struct signed_key {
  bytes public_key;
  bytes signature;
};

openssl_ptr<ASN1_TYPE> octet_string(bytes_view data) {
  openssl_ptr<ASN1_OCTET_STRING> text{ASN1_OCTET_STRING_new()};
  openssl_ptr<ASN1_TYPE> result{ASN1_TYPE_new()};
  need(text && result
       && ASN1_OCTET_STRING_set(text.get(), data.data(),
                                static_cast<int>(data.size()))
              == 1);
  ASN1_TYPE_set(result.get(), V_ASN1_OCTET_STRING, text.release());
  return result;
}

bytes encode(const ASN1_SEQUENCE_ANY* sequence) {
  const auto size = i2d_ASN1_SEQUENCE_ANY(sequence, nullptr);
  need(size > 0);
  bytes result(static_cast<std::size_t>(size));
  auto* at = result.data();
  need(i2d_ASN1_SEQUENCE_ANY(sequence, &at) == size);
  return result;
}

bytes encode(const signed_key& what) {
  openssl_ptr<ASN1_SEQUENCE_ANY> sequence{sk_ASN1_TYPE_new_null()};
  need(sequence != nullptr);
  for (const auto& part : {what.public_key, what.signature}) {
    auto item = octet_string(part);
    need(sk_ASN1_TYPE_push(sequence.get(), item.get()) > 0);
    static_cast<void>(item.release());
  }
  return encode(sequence.get());
}

/// Nothing unless it is the SignedKey's one encoding in DER.
std::optional<signed_key> decode_signed_key(bytes_view der) {
  const auto* at = der.data();
  const openssl_ptr<ASN1_SEQUENCE_ANY> sequence{
      d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size()))};
  if (!sequence || sk_ASN1_TYPE_num(sequence.get()) != 2)
    return std::nullopt;
  const auto part = [&](int index) -> std::optional<bytes> {
    const auto* item = sk_ASN1_TYPE_value(sequence.get(), index);
    if (ASN1_TYPE_get(item) != V_ASN1_OCTET_STRING)
      return std::nullopt;
    const auto* text = item->value.octet_string;
    return to_bytes({ASN1_STRING_get0_data(text),
                     static_cast<std::size_t>(ASN1_STRING_length(text))});
  };
  auto key = part(0);
  auto signature = part(1);
  if (!key || !signature)
    return std::nullopt;
  signed_key result{std::move(*key), std::move(*signature)};
  return equal(encode(result), der) ? std::optional{std::move(result)}
                                    : std::nullopt;
}

// -- making -------------------------------------------------------------------

/// 62 bits of `random`, as go-libp2p has it.
std::uint64_t random_serial(const random_source& random) {
  const auto drawn = random();
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < sizeof(result); ++i)
    result = result << 8 | drawn[i];
  return result >> 2;
}

/// An issuer has to be there (RFC 5280, 4.1.2.4).
void name_itself(X509* certificate, const random_source& random) {
  const auto text = std::to_string(random_serial(random));
  auto* name = X509_get_subject_name(certificate);
  need(X509_NAME_add_entry_by_txt(
           name, "serialNumber", MBSTRING_ASC,
           reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0)
           == 1
       && X509_set_issuer_name(certificate, name) == 1);
}

void add_identity(X509* certificate, bytes_view value) {
  const auto object = identity_object();
  const openssl_ptr<ASN1_OCTET_STRING> data{ASN1_OCTET_STRING_new()};
  need(data
       && ASN1_OCTET_STRING_set(data.get(), value.data(),
                                static_cast<int>(value.size()))
              == 1);
  // Not critical, as others have it: what knows no libp2p may read it, too.
  const openssl_ptr<X509_EXTENSION> extension{
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 0, data.get())};
  need(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// -- verifying ----------------------------------------------------------------

std::optional<tls_fault> time_fault(const X509* certificate,
                                    std::chrono::system_clock::time_point now) {
  auto time = std::chrono::system_clock::to_time_t(now);
  // Below 0: earlier than or equal to `time`; 0: no time at all.
  const auto from = X509_cmp_time(X509_get0_notBefore(certificate), &time);
  const auto until = X509_cmp_time(X509_get0_notAfter(certificate), &time);
  if (from == 0 || until == 0)
    return tls_fault::bad_certificate;
  if (from > 0)
    return tls_fault::not_yet_valid;
  if (until < 0)
    return tls_fault::expired;
  return std::nullopt;
}

constexpr int max_rsa_bits = 8192;

/// What a certificate may be signed with: no more, as checking a huge key, or a
/// curve of the sender's own, takes long.
bool acceptable(const EVP_PKEY* key) {
  if (key == nullptr)
    return false;
  if (EVP_PKEY_is_a(key, "RSA") == 1)
    return EVP_PKEY_get_bits(key) <= max_rsa_bits;
  if (EVP_PKEY_is_a(key, "EC") == 1)
    return detail::has_named_curve(key);
  return EVP_PKEY_is_a(key, "ED25519") == 1;
}

/// The value of the libp2p extension, unless an extension is amiss.
expected<bytes_view, tls_fault> find_identity(const X509* certificate) {
  const auto wanted = identity_object();
  std::optional<bytes_view> found;
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    auto* extension = X509_get_ext(certificate, i);
    if (OBJ_cmp(X509_EXTENSION_get_object(extension), wanted.get()) != 0) {
      if (X509_EXTENSION_get_critical(extension) == 1
          && X509_supported_extension(extension) != 1)
        return unexpected{tls_fault::critical_extension};
      continue;
    }
    if (found)
      return unexpected{tls_fault::bad_identity};
    const auto* data = X509_EXTENSION_get_data(extension);
    found = bytes_view{ASN1_STRING_get0_data(data),
                       static_cast<std::size_t>(ASN1_STRING_length(data))};
  }
  if (!found)
    return unexpected{tls_fault::no_identity};
  return *found;
}

/// The certificate's key as it stands there, which is what is signed.
bytes spki_of(const X509* certificate) {
  const auto* key = X509_get_X509_PUBKEY(certificate);
  bytes result(
      static_cast<std::size_t>(std::max(i2d_X509_PUBKEY(key, nullptr), 0)));
  auto* at = result.data();
  if (!result.empty() && i2d_X509_PUBKEY(key, &at) <= 0)
    result.clear();
  return result;
}

expected<tls_remote, tls_fault> read_identity(bytes_view extension,
                                              const X509* certificate) {
  const auto fields = decode_signed_key(extension);
  if (!fields)
    return unexpected{tls_fault::bad_identity};
  auto identity = public_key::from_protobuf(fields->public_key);
  if (!identity)
    return unexpected{tls_fault::bad_key};
  if (!identity->verify(signed_bytes(spki_of(certificate)), fields->signature))
    return unexpected{tls_fault::bad_signature};
  const auto peer = peer_id::of(*identity);
  return tls_remote{std::move(*identity), peer};
}

} // namespace

bytes make_tls_identity(const private_key& identity, const EVP_PKEY* key) {
  return encode({identity.public_part().to_protobuf(),
                 identity.sign(signed_bytes(detail::encode_spki(key)))});
}

tls_certificate make_tls_certificate(const private_key& identity,
                                     const random_source& random) {
  const detail::error_scope errors;
  tls_certificate result{openssl_ptr<X509>{X509_new()},
                         detail::evp_pkey{EVP_EC_gen("P-256")}};
  auto* certificate = result.certificate.get();
  auto* key = result.key.get();
  need(
      certificate != nullptr && key != nullptr
      && X509_set_version(certificate, X509_VERSION_3) == 1
      && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate),
                                 random_serial(random))
             == 1
      && ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), valid_from)
             == 1
      && ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), valid_until)
             == 1
      && X509_set_pubkey(certificate, key) == 1);
  name_itself(certificate, random);
  add_identity(certificate, make_tls_identity(identity, key));
  need(X509_sign(certificate, key, EVP_sha256()) > 0);
  return result;
}

expected<tls_remote, tls_fault>
verify_tls_certificate(X509* certificate,
                       std::chrono::system_clock::time_point now) {
  const detail::error_scope errors;
  if (const auto fault = time_fault(certificate, now))
    return unexpected{*fault};
  auto* key = X509_get0_pubkey(certificate);
  if (!acceptable(key))
    return unexpected{tls_fault::bad_certificate};
  if (X509_verify(certificate, key) != 1)
    return unexpected{tls_fault::bad_self_signature};
  return find_identity(certificate).and_then([=](bytes_view extension) {
    return read_identity(extension, certificate);
  });
}

expected<tls_remote, tls_fault>
verify_tls_certificate(bytes_view der,
                       std::chrono::system_clock::time_point now) {
  const detail::error_scope errors;
  const auto* at = der.data();
  const openssl_ptr<X509> certificate{
      d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
  if (!certificate || at != der.data() + der.size())
    return unexpected{tls_fault::bad_certificate};
  return verify_tls_certificate(certificate.get(), now);
}

} // namespace grapevine::libp2p
