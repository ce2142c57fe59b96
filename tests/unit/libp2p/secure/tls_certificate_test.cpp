#include "libp2p/secure/tls_certificate.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/tls_peer.hpp"
#include "tests/support/tls_vectors.hpp"

#include <catch2/catch.hpp>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <set>
#include <string>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

private_key some_key() {
  return numbered_identity(4)->key();
}

expected<tls_remote, tls_fault> verdict(const certificate_oddity& with) {
  return verify_tls_certificate(der_of(odd_certificate(some_key(), with)),
                                test_wall_time());
}

} // namespace

TEST_CASE("tls certificate: the specification's vectors", "[libp2p][tls]") {
  for (const auto& vector :
       {tls_ed25519_vector, tls_ecdsa_vector, tls_secp256k1_vector}) {
    INFO(vector.peer);
    const auto remote =
        verify_tls_certificate(from_hex(vector.certificate), test_wall_time());
    REQUIRE(remote);
    CHECK(to_string(remote->peer) == vector.peer);
    CHECK(peer_id::of(remote->key) == remote->peer);
  }
  CHECK(error_of(verify_tls_certificate(from_hex(tls_invalid_vector),
                                        test_wall_time()))
        == tls_fault::bad_signature);
}

TEST_CASE("tls certificate: what is made proves keys of all types",
          "[libp2p][tls]") {
  for (const auto type : {key_type::ed25519, key_type::secp256k1,
                          key_type::ecdsa, key_type::rsa}) {
    const auto key = private_key::generate(type);
    const auto made = make_tls_certificate(key, numbered_random(1));
    const auto remote =
        verify_tls_certificate(made.certificate.get(), test_wall_time());
    REQUIRE(remote);
    CHECK(remote->key == key.public_part());
    CHECK(remote->peer == peer_id::of(key.public_part()));
  }
}

TEST_CASE("tls certificate: as the specification has it", "[libp2p][tls]") {
  const auto made = make_tls_certificate(some_key(), numbered_random(1));
  auto* certificate = made.certificate.get();
  CHECK(X509_get_version(certificate) == X509_VERSION_3);
  REQUIRE(X509_get_ext_count(certificate) == 1);
  CHECK(X509_EXTENSION_get_critical(X509_get_ext(certificate, 0)) == 0);
  const ASN1_BIT_STRING* issuer = nullptr;
  const ASN1_BIT_STRING* subject = nullptr;
  X509_get0_uids(certificate, &issuer, &subject);
  CHECK(issuer == nullptr);
  CHECK(subject == nullptr);
  CHECK(X509_NAME_entry_count(X509_get_issuer_name(certificate)) == 1);
  CHECK(X509_check_private_key(certificate, made.key.get()) == 1);
  CHECK(EVP_PKEY_get_bits(made.key.get()) == 256);
}

TEST_CASE("tls certificate: each has a key of its own", "[libp2p][tls]") {
  std::set<bytes> keys;
  for (int i = 0; i < 3; ++i)
    keys.insert(detail::encode_spki(
        make_tls_certificate(some_key(), numbered_random(1)).key.get()));
  CHECK(keys.size() == 3);
}

TEST_CASE("tls certificate: what is wrong, by name", "[libp2p][tls]") {
  CHECK(verdict({}));
  CHECK(verdict({.identity_critical = true}));
  CHECK(verdict({.unknown_extension = true}));
  CHECK(error_of(verdict({.unknown_extension = true, .unknown_critical = true}))
        == tls_fault::critical_extension);
  CHECK(error_of(verdict({.identities = 0})) == tls_fault::no_identity);
  CHECK(error_of(verdict({.identities = 2})) == tls_fault::bad_identity);
  CHECK(error_of(verdict({.identity = bytes{}})) == tls_fault::bad_identity);
  CHECK(error_of(verdict({.identity = bytes{0x30, 0}}))
        == tls_fault::bad_identity);
  // A SEQUENCE of two empty texts, and of numbers.
  CHECK(error_of(verdict({.identity = bytes{0x30, 4, 4, 0, 4, 0}}))
        == tls_fault::bad_key);
  CHECK(error_of(verdict({.identity = bytes{0x30, 6, 2, 1, 1, 2, 1, 1}}))
        == tls_fault::bad_identity);
  CHECK(error_of(verdict({.foreign_signature = true}))
        == tls_fault::bad_self_signature);
  // Of another certificate: signed, but not for this key.
  const auto other = odd_certificate(some_key());
  CHECK(error_of(verdict(
            {.identity = make_tls_identity(some_key(), other.key.get())}))
        == tls_fault::bad_signature);
  CHECK(error_of(verify_tls_certificate(bytes{0x30, 0}, test_wall_time()))
        == tls_fault::bad_certificate);
  auto longer = der_of(other);
  longer.push_back(0);
  CHECK(error_of(verify_tls_certificate(longer, test_wall_time()))
        == tls_fault::bad_certificate);
}

TEST_CASE("tls certificate: keys of others than ours", "[libp2p][tls]") {
  using detail::evp_pkey;
  CHECK(verdict({.key = [] { return evp_pkey{EVP_RSA_gen(2048)}; }}));
  CHECK(verdict({.key = [] { return evp_pkey{EVP_EC_gen("P-384")}; }}));
  CHECK(verdict({.key = [] {
    return evp_pkey{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  }}));
}

TEST_CASE("tls certificate: a curve of the sender's own is refused",
          "[libp2p][tls]") {
  CHECK(error_of(verdict({.key =
                              [] {
                                detail::evp_pkey key{EVP_EC_gen("P-256")};
                                EVP_PKEY_set_utf8_string_param(
                                    key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                    OSSL_PKEY_EC_ENCODING_EXPLICIT);
                                return key;
                              }}))
        == tls_fault::bad_certificate);
}

TEST_CASE("tls certificate: bytes behind the identity are refused",
          "[libp2p][tls]") {
  auto made = odd_certificate(some_key());
  auto identity = make_tls_identity(some_key(), made.key.get());
  identity.push_back(0);
  CHECK(error_of(verdict({.identity = identity})) == tls_fault::bad_identity);
}

TEST_CASE("tls certificate: it is valid in its time alone", "[libp2p][tls]") {
  // The time of the tests is in January 2027.
  CHECK(verdict({.from = "20270101000000Z", .until = "20280101000000Z"}));
  CHECK(error_of(verdict({.from = "20270201000000Z"}))
        == tls_fault::not_yet_valid);
  CHECK(error_of(verdict({.until = "20270101000000Z"})) == tls_fault::expired);
  CHECK(verdict({.until = "99991231235959Z"}));
}

TEST_CASE("tls certificate: ours is valid whatever a clock says",
          "[libp2p][tls]") {
  const auto made = make_tls_certificate(some_key(), numbered_random(1));
  for (const auto time : {std::time_t{157'766'400}, // 1975
                          std::time_t{0x7fff'ffff}, std::time_t{9'000'000'000}})
    CHECK(verify_tls_certificate(
        made.certificate.get(),
        std::chrono::system_clock::from_time_t(time + 1)));
}

TEST_CASE("tls certificate: whatever byte is changed, it is refused",
          "[libp2p][tls]") {
  auto der = der_of(odd_certificate(some_key()));
  for (auto& byte : der) {
    byte ^= 4;
    CHECK_FALSE(verify_tls_certificate(der, test_wall_time()));
    byte ^= 4;
  }
  CHECK(verify_tls_certificate(der, test_wall_time()));
}

TEST_CASE("tls certificate: each fault has a text of its own",
          "[libp2p][tls]") {
  std::set<std::string> texts;
  constexpr int count = static_cast<int>(tls_fault::bad_protocol) + 1;
  for (int i = 0; i < count; ++i)
    texts.insert(to_string(static_cast<tls_fault>(i)));
  CHECK(texts.size() == count);
  CHECK(texts.count("unknown fault") == 0);
}
