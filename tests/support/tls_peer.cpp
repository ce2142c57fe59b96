#include "tests/support/tls_peer.hpp"

#include <openssl/ec.h>

#include <array>
#include <stdexcept>

namespace grapevine::test {

namespace {

using libp2p::detail::openssl_ptr;

void need(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL cannot make what a test needs"};
}

void add_extension(X509* to, const char* oid, bool critical, bytes_view value) {
  const openssl_ptr<ASN1_OBJECT> object{OBJ_txt2obj(oid, 1)};
  const openssl_ptr<ASN1_OCTET_STRING> data{ASN1_OCTET_STRING_new()};
  ASN1_OCTET_STRING_set(data.get(), value.data(),
                        static_cast<int>(value.size()));
  const openssl_ptr<X509_EXTENSION> extension{X509_EXTENSION_create_by_OBJ(
      nullptr, object.get(), critical ? 1 : 0, data.get())};
  need(X509_add_ext(to, extension.get(), -1) == 1);
}

bytes on_the_wire(const std::vector<std::string>& protocols) {
  bytes result;
  for (const auto& one : protocols) {
    result.push_back(static_cast<std::uint8_t>(one.size()));
    append(result, as_bytes(one));
  }
  return result;
}

int accept_all(X509_STORE_CTX* /*store*/, void* /*unused*/) {
  return 1;
}

/// The first of its own that the dialer names, too.
int choose(SSL* /*ssl*/, const unsigned char** out, unsigned char* size,
           const unsigned char* in, unsigned int in_size, void* own) {
  const auto& wire = *static_cast<const bytes*>(own);
  unsigned char* chosen = nullptr;
  const auto found = SSL_select_next_proto(
      &chosen, size, wire.data(), static_cast<unsigned int>(wire.size()), in,
      in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                         : SSL_TLSEXT_ERR_NOACK;
}

} // namespace

libp2p::tls_certificate odd_certificate(const libp2p::private_key& identity,
                                        const certificate_oddity& with) {
  libp2p::tls_certificate result{
      openssl_ptr<X509>{X509_new()},
      with.key != nullptr ? with.key()
                          : libp2p::detail::evp_pkey{EVP_EC_gen("P-256")}};
  auto* made = result.certificate.get();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 7);
  need(ASN1_TIME_set_string_X509(X509_getm_notBefore(made), with.from) == 1);
  need(ASN1_TIME_set_string_X509(X509_getm_notAfter(made), with.until) == 1);
  X509_set_pubkey(made, result.key.get());
  const auto identity_value = with.identity.value_or(
      libp2p::make_tls_identity(identity, result.key.get()));
  for (int i = 0; i < with.identities; ++i)
    add_extension(made, "1.3.6.1.4.1.53594.1.1", with.identity_critical,
                  identity_value);
  if (with.unknown_extension)
    add_extension(made, "1.3.6.1.4.1.53594.7.7", with.unknown_critical,
                  as_bytes("?"));
  const libp2p::detail::evp_pkey other{EVP_EC_gen("P-256")};
  const auto* signer = with.foreign_signature ? other.get() : result.key.get();
  // Ed25519 has a hash of its own.
  const auto* hash =
      EVP_PKEY_is_a(signer, "ED25519") == 1 ? nullptr : EVP_sha256();
  need(X509_sign(made, const_cast<EVP_PKEY*>(signer), hash) > 0);
  return result;
}

bytes der_of(const libp2p::tls_certificate& one) {
  bytes result(
      static_cast<std::size_t>(i2d_X509(one.certificate.get(), nullptr)));
  auto* at = result.data();
  i2d_X509(one.certificate.get(), &at);
  return result;
}

openssl_ptr<SSL_CTX> make_peer_context(const libp2p::tls_certificate& own,
                                       const tls_peer_options& with,
                                       bytes& alpn) {
  openssl_ptr<SSL_CTX> result{SSL_CTX_new(TLS_method())};
  auto* ctx = result.get();
  need(ctx != nullptr && SSL_CTX_set_ciphersuites(ctx, with.suites) == 1);
  SSL_CTX_set_max_proto_version(ctx, with.max_version);
  SSL_CTX_set_num_tickets(ctx, with.tickets);
  SSL_CTX_set_verify(ctx, with.asks ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                     nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, accept_all, nullptr);
  if (with.padding > 0)
    SSL_CTX_set_block_padding(ctx, with.padding);
  if (with.has_certificate) {
    need(SSL_CTX_use_certificate(ctx, own.certificate.get()) == 1
         && SSL_CTX_use_PrivateKey(ctx, own.key.get()) == 1);
    if (with.second != nullptr)
      need(SSL_CTX_add1_chain_cert(ctx, with.second->certificate.get()) == 1);
  }
  alpn = on_the_wire(with.alpn);
  SSL_CTX_set_alpn_select_cb(ctx, choose, &alpn);
  if (!alpn.empty())
    SSL_CTX_set_alpn_protos(ctx, alpn.data(),
                            static_cast<unsigned int>(alpn.size()));
  return result;
}

tls_peer::tls_peer(libp2p::role who, const libp2p::tls_certificate& own,
                   const tls_peer_options& with)
    : ctx_{make_peer_context(own, with, alpn_)}, ssl_{SSL_new(ctx_.get())} {
  need(ssl_ != nullptr);
  if (with.server_name != nullptr)
    SSL_set_tlsext_host_name(ssl_.get(), with.server_name);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (who == libp2p::role::dialer)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
  feed({});
}

void tls_peer::feed(bytes_view data) {
  if (!data.empty())
    BIO_write(SSL_get_rbio(ssl_.get()), data.data(),
              static_cast<int>(data.size()));
  if (!done())
    SSL_do_handshake(ssl_.get());
  ERR_clear_error();
}

bytes tls_peer::take() {
  auto* bio = SSL_get_wbio(ssl_.get());
  bytes result(BIO_ctrl_pending(bio));
  if (!result.empty())
    BIO_read(bio, result.data(), static_cast<int>(result.size()));
  return result;
}

std::string tls_peer::alpn() const {
  const unsigned char* data = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &data, &size);
  return std::string{as_text({data, size})};
}

void tls_peer::write(std::string_view text) {
  need(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()))
       == static_cast<int>(text.size()));
}

std::string tls_peer::read() {
  std::string result;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto size =
        SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (size <= 0)
      break;
    result.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ERR_clear_error();
  return result;
}

} // namespace grapevine::test
