#include "app/client/tls_session.hpp"

#include "app/http/tls_library.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <fmt/format.h>
#include <new>

namespace grapevine::app::client {

namespace {

constexpr std::string_view http_begin = "HTTP/";

// Without this OpenSSL would take any certificate that is trusted.
void expect(SSL* from, const node_place& node) {
  auto* wanted = ::SSL_get0_param(from);
  ::X509_VERIFY_PARAM_set_hostflags(wanted,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const auto ip = node.where.ip.to_text();
  const bool set =
      node.name.empty()
          ? ::X509_VERIFY_PARAM_set1_ip_asc(wanted, ip.c_str()) == 1
          : ::X509_VERIFY_PARAM_set1_host(wanted, node.name.c_str(), 0) == 1
                && SSL_set_tlsext_host_name(from, node.name.c_str()) == 1;
  if (!set)
    throw std::bad_alloc{};
}

std::string certificate_trouble(long code, const std::string& name) {
  switch (code) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return "has a certificate that is not for " + name
           + ": give the name or the address that it is for";
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    return fmt::format("has a certificate that is not trusted ({}): name the "
                       "file with its root with --api-ca",
                       ::X509_verify_cert_error_string(code));
  default:
    return fmt::format("has a certificate that cannot be trusted: {}",
                       ::X509_verify_cert_error_string(code));
  }
}

// What the node says of this side's certificate; nothing: it says nothing.
std::optional<std::string> complaint(const SSL* of, int alert) {
  switch (alert) {
  case SSL_AD_CERTIFICATE_REQUIRED:
  case SSL_AD_HANDSHAKE_FAILURE:
  case SSL_AD_BAD_CERTIFICATE:
  case SSL_AD_UNSUPPORTED_CERTIFICATE:
  case SSL_AD_CERTIFICATE_REVOKED:
  case SSL_AD_CERTIFICATE_EXPIRED:
  case SSL_AD_CERTIFICATE_UNKNOWN:
  case SSL_AD_UNKNOWN_CA:
  case SSL_AD_DECRYPT_ERROR:
    break;
  default:
    return std::nullopt;
  }
  const bool was_asked = ::SSL_get0_peer_CA_list(of) != nullptr;
  if (!was_asked && alert != SSL_AD_CERTIFICATE_REQUIRED)
    return std::nullopt;
  if (::SSL_get_certificate(of) == nullptr)
    return "wants a certificate: give it yours with --api-certificate and "
           "--api-key";
  return fmt::format("does not take the certificate of --api-certificate: {}",
                     ::SSL_alert_desc_string_long(alert));
}

} // namespace

struct tls_session::library : http::tls_library {
  explicit library(const http::tls_context& context)
      : tls_library{context, ::SSL_set_connect_state} {}
};

tls_session::tls_session(const http::tls_context& context,
                         const node_place& node)
    : library_{std::make_unique<library>(context)},
      name_{node.name.empty() ? node.where.ip.to_text() : node.name} {
  expect(library_->ssl, node);
}

tls_session::~tls_session() = default;

tls_session::progress tls_session::handshake() {
  ::ERR_clear_error();
  return progress_of(::SSL_do_handshake(library_->ssl));
}

void tls_session::receive(std::string_view wire) {
  if (first_.size() < http_begin.size())
    first_ += wire.substr(0, http_begin.size() - first_.size());
  ::BIO_write(library_->in, wire.data(), static_cast<int>(wire.size()));
}

tls_session::read_result tls_session::read(std::span<char> buffer) {
  ::ERR_clear_error();
  std::size_t size = 0;
  const auto what = progress_of(
      ::SSL_read_ex(library_->ssl, buffer.data(), buffer.size(), &size));
  return {what, size};
}

bool tls_session::can_read() {
  ::ERR_clear_error();
  char next = 0;
  std::size_t size = 0;
  return progress_of(::SSL_peek_ex(library_->ssl, &next, 1, &size))
         != progress::wants_input;
}

tls_session::progress tls_session::write(std::string_view plain) {
  if (plain.empty())
    return progress::done;
  ::ERR_clear_error();
  // Its buffer takes all that there is.
  std::size_t size = 0;
  return progress_of(
      ::SSL_write_ex(library_->ssl, plain.data(), plain.size(), &size));
}

tls_session::progress tls_session::progress_of(int result) {
  // It is not heard again once it has failed.
  if (!trouble_.empty())
    return progress::failed;
  // The reason goes before the next call does.
  const auto error = ::SSL_get_error(library_->ssl, result);
  const bool failed = result <= 0 && error != SSL_ERROR_WANT_READ
                      && error != SSL_ERROR_ZERO_RETURN;
  if (failed)
    trouble_ = reason();
  collect();
  if (failed)
    return progress::failed;
  if (result > 0)
    return progress::done;
  return error == SSL_ERROR_ZERO_RETURN ? progress::ended
                                        : progress::wants_input;
}

std::string tls_session::reason() const {
  if (const auto code = ::SSL_get_verify_result(library_->ssl);
      code != X509_V_OK)
    return certificate_trouble(code, name_);
  if (first_ == http_begin)
    return "speaks plain HTTP: ask for http:// instead";
  const auto error = ::ERR_peek_error();
  if (ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER)
    return "speaks no HTTPS";
  if (auto told = complaint(library_->ssl,
                            ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET))
    return *std::move(told);
  const auto* text = ::ERR_reason_error_string(error);
  return fmt::format("cannot be talked to over TLS: {}",
                     text == nullptr ? "it is broken" : text);
}

void tls_session::collect() {
  library_->take_output(output_);
}

std::string_view tls_session::output() const noexcept {
  return std::string_view{output_}.substr(sent_);
}

void tls_session::sent(std::size_t count) {
  sent_ += count;
  if (sent_ < output_.size())
    return;
  output_.clear();
  sent_ = 0;
}

} // namespace grapevine::app::client
