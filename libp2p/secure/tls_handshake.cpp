#include "libp2p/secure/tls_handshake.hpp"

#include "libp2p/secure/tls_channel.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

secure_error to_secure_error(tls_fault code) {
  switch (code) {
  case tls_fault::wrong_peer:
    return secure_error::wrong_peer;
  case tls_fault::no_common_muxer:
    return secure_error::no_common_muxer;
  default:
    return secure_error::bad_handshake;
  }
}

/// Which alert the other side gets.
int reason_of(tls_fault code) {
  return code == tls_fault::expired ? X509_V_ERR_CERT_HAS_EXPIRED
                                    : X509_V_ERR_CERT_REJECTED;
}

/// What OpenSSL found, in its own words.
std::string openssl_problem() {
  const auto* reason = ERR_reason_error_string(ERR_peek_error());
  return reason == nullptr ? std::string{} : "TLS: " + std::string{reason};
}

} // namespace

tls_handshake::tls_handshake(std::shared_ptr<const tls_context> context,
                             role who, std::optional<peer_id> wanted,
                             std::size_t max_message)
    : context_{std::move(context)}, role_{who}, wanted_{wanted},
      link_{context_->begin(*this)} {
  link_->allow(2 * max_message);
  SSL_set_max_cert_list(link_->ssl(), static_cast<long>(max_message));
  if (who == role::dialer)
    SSL_set_connect_state(link_->ssl());
  else
    SSL_set_accept_state(link_->ssl());
}

// -- bytes --------------------------------------------------------------------

void tls_handshake::start(bytes& out) {
  bytes_view nothing;
  // What goes wrong, if anything does, the first `feed` tells.
  if (role_ == role::dialer)
    static_cast<void>(step(nothing, out));
}

expected<std::optional<secure_result>, secure_error>
tls_handshake::feed(bytes_view& in, bytes& out) {
  if (failed_)
    return unexpected{*failed_};
  if (step(in, out))
    return finish();
  if (failed_)
    return unexpected{*failed_};
  return std::optional<secure_result>{};
}

/// Whether the handshake is done.
bool tls_handshake::step(bytes_view& in, bytes& out) {
  const auto result = link_->call(in, out, SSL_do_handshake);
  const auto why = SSL_get_error(link_->ssl(), result);
  if (link_->exceeded())
    fault_ = tls_fault::too_large;
  if (result != 1 && (why != SSL_ERROR_WANT_READ || fault_))
    static_cast<void>(fail());
  ERR_clear_error();
  return result == 1;
}

// -- what OpenSSL asks --------------------------------------------------------

std::optional<int> tls_handshake::refuse(X509* certificate, int count) {
  const auto refused = [this](tls_fault why) {
    fault_ = why;
    return reason_of(why);
  };
  if (count != 1)
    return refused(tls_fault::several_certificates);
  auto remote = verify_tls_certificate(certificate, context_->now());
  if (!remote)
    return refused(remote.error());
  remote_ = std::move(*remote);
  // Before this side's certificate is sent.
  if (wanted_ && *wanted_ != remote_->peer)
    return refused(tls_fault::wrong_peer);
  return std::nullopt;
}

std::string_view tls_handshake::choose(std::string_view offered) {
  const auto chosen = choose_alpn(offered, context_->muxers());
  if (chosen.empty())
    fault_ = tls_fault::no_common_muxer;
  return chosen;
}

// -- the end ------------------------------------------------------------------

expected<std::optional<secure_result>, secure_error> tls_handshake::finish() {
  // Not before: the certificate alone proves nothing.
  done_ = true;
  if (role_ == role::dialer && !asked_)
    return fail(tls_fault::not_asked);
  auto muxer = agreed_muxer();
  if (!muxer)
    return fail(muxer.error());
  if (!remote_)
    return fail();
  return std::optional{
      secure_result{remote_->peer, remote_->key, std::move(*muxer),
                    std::make_unique<tls_channel>(std::move(link_))}};
}

expected<std::optional<std::string>, tls_fault>
tls_handshake::agreed_muxer() const {
  const unsigned char* data = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(link_->ssl(), &data, &size);
  const std::string chosen{as_text({data, size})};
  if (chosen.empty() || chosen == tls_alpn)
    return std::optional<std::string>{};
  const auto& muxers = context_->muxers();
  if (std::ranges::find(muxers, chosen) == muxers.end())
    return unexpected{tls_fault::bad_protocol};
  return std::optional{chosen};
}

unexpected<secure_error> tls_handshake::fail(tls_fault why) {
  fault_ = why;
  return fail();
}

unexpected<secure_error> tls_handshake::fail() {
  failed_ = fault_ ? to_secure_error(*fault_) : secure_error::bad_handshake;
  if (fault_ == tls_fault::wrong_peer && remote_ && wanted_)
    problem_ = "it is " + to_string(remote_->peer) + ", not "
               + to_string(*wanted_) + ", by its certificate";
  else
    problem_ = fault_ ? to_string(*fault_) : openssl_problem();
  return unexpected{*failed_};
}

std::optional<peer_id> tls_handshake::proven() const {
  return done_ && remote_ ? std::optional{remote_->peer} : std::nullopt;
}

std::string tls_handshake::problem() const {
  return problem_;
}

} // namespace grapevine::libp2p
