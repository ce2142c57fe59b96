#include "tests/support/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace grapevine::test {

namespace {

template <class Write>
std::string written(Write write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> to{::BIO_new(::BIO_s_mem()),
                                               ::BIO_free};
  if (write(to.get()) != 1)
    throw std::runtime_error{"cannot be written as PEM"};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(to.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void add(X509* to, X509V3_CTX& context, int what, const char* value) {
  auto* extension = ::X509V3_EXT_conf_nid(nullptr, &context, what, value);
  ::X509_add_ext(to, extension, -1);
  ::X509_EXTENSION_free(extension);
}

} // namespace

certificate certificate::root(const std::string& name) {
  return {name, nullptr, std::chrono::hours{24}};
}

certificate certificate::sign(const std::string& name,
                              std::chrono::hours valid) const {
  return {name, this, valid};
}

certificate::certificate(const std::string& name, const certificate* issuer,
                         std::chrono::hours valid)
    : key_{EVP_EC_gen("P-256"), ::EVP_PKEY_free}, certificate_{::X509_new(),
                                                               ::X509_free} {
  static long number = 0;
  auto* made = certificate_.get();
  ::X509_set_version(made, X509_VERSION_3);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(made), ++number);
  constexpr std::chrono::seconds day{std::chrono::hours{24}};
  ::X509_gmtime_adj(::X509_getm_notBefore(made), -day.count());
  ::X509_gmtime_adj(::X509_getm_notAfter(made),
                    std::chrono::seconds{valid}.count());
  ::X509_set_pubkey(made, key_.get());
  ::X509_NAME_add_entry_by_txt(
      ::X509_get_subject_name(made), "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  auto* signer = issuer != nullptr ? issuer->certificate_.get() : made;
  ::X509_set_issuer_name(made, ::X509_get_subject_name(signer));
  X509V3_CTX context{};
  ::X509V3_set_ctx(&context, signer, made, nullptr, nullptr, 0);
  if (issuer == nullptr)
    add(made, context, NID_basic_constraints, "critical,CA:TRUE");
  else
    add(made, context, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  ::X509_sign(made, (issuer != nullptr ? issuer->key_ : key_).get(),
              ::EVP_sha256());
}

std::string certificate::pem() const {
  return written(
      [&](BIO* to) { return ::PEM_write_bio_X509(to, certificate_.get()); });
}

std::string certificate::key_pem() const {
  return written([&](BIO* to) {
    return ::PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0,
                                      nullptr, nullptr);
  });
}

} // namespace grapevine::test
