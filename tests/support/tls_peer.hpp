#pragma once

#include "libp2p/base/types.hpp"
#include "libp2p/secure/tls_certificate.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::test {

/// What is odd about a certificate for libp2p's TLS.
struct certificate_oddity {
  const char* from = "19750101000000Z";
  const char* until = "40960101000000Z";
  /// In place of the right libp2p extension.
  std::optional<bytes> identity{};
  /// How many libp2p extensions there are.
  int identities = 1;
  bool identity_critical = false;
  /// Whether there is an extension that nobody knows, and whether it is
  /// critical.
  bool unknown_extension = false;
  bool unknown_critical = false;
  /// The certificate's own key; null: a new one of P-256.
  libp2p::detail::evp_pkey (*key)() = nullptr;
  /// Whether another key signs it than its own.
  bool foreign_signature = false;
};

/// A certificate that `identity` signs, and what is odd about it.
libp2p::tls_certificate odd_certificate(const libp2p::private_key& identity,
                                        const certificate_oddity& with = {});

/// It in DER.
bytes der_of(const libp2p::tls_certificate& one);

/// How a `tls_peer` is set up.
struct tls_peer_options {
  std::vector<std::string> alpn{"/yamux/1.0.0", "libp2p"};
  const char* suites = "TLS_AES_128_GCM_SHA256";
  int max_version = TLS1_3_VERSION;
  std::size_t tickets = 0;
  /// Whether a listener asks for a certificate, and whether either side has
  /// one.
  bool asks = true;
  bool has_certificate = true;
  /// A second one behind it.
  const libp2p::tls_certificate* second = nullptr;
  /// What a dialer says in SNI; null: nothing.
  const char* server_name = nullptr;
  /// Of which sizes its records are multiples.
  std::size_t padding = 0;
};

/// What OpenSSL is told for these options; `alpn` is kept, not copied: the
/// names in it as they are on the wire.
libp2p::detail::openssl_ptr<SSL_CTX>
make_peer_context(const libp2p::tls_certificate& own,
                  const tls_peer_options& with, bytes& alpn);

/// One end of a TLS connection that is all OpenSSL's, its records included, and
/// that takes whatever the other side shows.
class tls_peer {
public:
  tls_peer(libp2p::role who, const libp2p::tls_certificate& own,
           const tls_peer_options& with = {});
  tls_peer(const tls_peer&) = delete;
  tls_peer& operator=(const tls_peer&) = delete;

  /// Gives it bytes, and goes on with the handshake.
  void feed(bytes_view data);
  /// What it has to say.
  bytes take();

  /// Whether its handshake is done.
  bool done() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  std::string alpn() const;

  void write(std::string_view text);
  std::string read();

  SSL* ssl() const noexcept { return ssl_.get(); }

private:
  bytes alpn_;
  libp2p::detail::openssl_ptr<SSL_CTX> ctx_;
  libp2p::detail::openssl_ptr<SSL> ssl_;
};

} // namespace grapevine::test
