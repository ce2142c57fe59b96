#include "libp2p/secure/tls_context.hpp"

#include "libp2p/secure/tls_certificate.hpp"
#include "libp2p/secure/tls_handshake.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace grapevine::libp2p {

namespace {

using detail::need;

/// What `act` says, or `otherwise` if it throws: OpenSSL knows no exceptions.
template <class Result, class Act>
Result guarded(Result otherwise, Act act) noexcept {
  try {
    return act();
  } catch (const std::exception&) {
    return otherwise;
  }
}

tls_handshake& owner_of(const SSL* ssl) {
  return *static_cast<tls_handshake*>(SSL_get_app_data(ssl));
}

// -- what OpenSSL asks --------------------------------------------------------

int verify(X509_STORE_CTX* store, void* /*unused*/) {
  return guarded(0, [store] {
    const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(
        store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const auto refused =
        owner_of(ssl).refuse(X509_STORE_CTX_get0_cert(store),
                             sk_X509_num(X509_STORE_CTX_get0_untrusted(store)));
    X509_STORE_CTX_set_error(store, refused.value_or(X509_V_OK));
    return refused ? 0 : 1;
  });
}

int certificate_wanted(SSL* ssl, void* /*unused*/) {
  owner_of(ssl).asked();
  return 1;
}

int choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* size,
                    const unsigned char* in, unsigned int in_size,
                    void* /*unused*/) {
  return guarded(SSL_TLSEXT_ERR_ALERT_FATAL, [&] {
    const auto chosen = owner_of(ssl).choose(as_text(bytes_view{in, in_size}));
    *out = as_bytes(chosen).data();
    *size = static_cast<unsigned char>(chosen.size());
    return chosen.empty() ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_OK;
  });
}

// -- settings -----------------------------------------------------------------

void set_protocol(SSL_CTX* ctx) {
  need(SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1
       && SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1
       // As go has it; but whoever is better off with ChaCha gets that.
       && SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:"
                                        "TLS_AES_256_GCM_SHA384:"
                                        "TLS_CHACHA20_POLY1305_SHA256")
              == 1
       && SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1);
  SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE
                               | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_TICKET
                               | SSL_OP_NO_RENEGOTIATION);
  // An idle connection holds no buffers.
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  // No sessions are resumed, hence there are no tickets of them.
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  need(SSL_CTX_set_num_tickets(ctx, 0) == 1);
}

void set_callbacks(SSL_CTX* ctx) {
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, verify, nullptr);
  SSL_CTX_set_cert_cb(ctx, certificate_wanted, nullptr);
  SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
}

/// The muxers, and that multistream-select may settle it.
void offer(SSL_CTX* ctx, std::vector<std::string> protocols) {
  protocols.emplace_back(tls_alpn);
  bytes wire;
  for (const auto& one : protocols) {
    if (one.empty() || one.size() > 255)
      throw std::invalid_argument{"a muxer's name must have 1 to 255 letters"};
    wire.push_back(static_cast<std::uint8_t>(one.size()));
    append(wire, as_bytes(one));
  }
  need(SSL_CTX_set_alpn_protos(ctx, wire.data(),
                               static_cast<unsigned int>(wire.size()))
       == 0);
}

} // namespace

std::string_view choose_alpn(std::string_view offered,
                             const std::vector<std::string>& muxers) {
  std::string_view rest;
  while (!offered.empty()) {
    const auto size = static_cast<std::uint8_t>(offered.front());
    const auto one = offered.substr(1, size);
    offered.remove_prefix(std::min<std::size_t>(1 + size, offered.size()));
    if (std::ranges::find(muxers, one) != muxers.end())
      return one;
    if (one == tls_alpn)
      rest = one;
  }
  return rest;
}

tls_context::tls_context(const private_key& identity,
                         const random_source& random, wall_clock time,
                         std::vector<std::string> muxers)
    : time_{std::move(time)}, muxers_{std::move(muxers)}, ctx_{SSL_CTX_new(
                                                              TLS_method())} {
  const detail::error_scope errors;
  need(ctx_ != nullptr);
  const auto own = make_tls_certificate(identity, random);
  set_protocol(ctx_.get());
  set_callbacks(ctx_.get());
  offer(ctx_.get(), muxers_);
  need(SSL_CTX_use_certificate(ctx_.get(), own.certificate.get()) == 1
       && SSL_CTX_use_PrivateKey(ctx_.get(), own.key.get()) == 1);
}

std::unique_ptr<tls_link> tls_context::begin(tls_handshake& owner) const {
  auto result = std::make_unique<tls_link>(ctx_.get());
  SSL_set_app_data(result->ssl(), &owner);
  return result;
}

} // namespace grapevine::libp2p
