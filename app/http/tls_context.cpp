#include "app/http/tls_context.hpp"

#include "actors/host/socket.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>

namespace grapevine::app::http {

namespace {

unexpected<std::string> wrong(const char* option,
                              const std::filesystem::path& file,
                              std::string_view what) {
  return unexpected{std::string{"--"} + option + ": \"" + file.string() + "\" "
                    + std::string{what}};
}

std::string library_reason() {
  const auto* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  ::ERR_clear_error();
  return reason == nullptr ? "it is broken" : reason;
}

// OpenSSL tells less of a file that it cannot open.
expected<void, std::string> check_file(const char* option,
                                       const std::filesystem::path& file,
                                       mode_t forbidden) {
  const unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0)
    return wrong(option, file,
                 std::string{"cannot be read: "} + std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    return wrong(option, file, "is not a regular file");
  if ((status.st_mode & forbidden) != 0)
    return wrong(option, file,
                 "lets everybody at the key; mend it with: chmod 600");
  return {};
}

expected<void, std::string> use_certificate(SSL_CTX* to,
                                            const std::filesystem::path& file) {
  constexpr auto* option = "api-certificate";
  if (auto checked = check_file(option, file, 0); !checked)
    return checked;
  if (::SSL_CTX_use_certificate_chain_file(to, file.c_str()) != 1)
    return wrong(option, file,
                 "has no certificate in PEM that can be used: "
                     + library_reason());
  return {};
}

expected<void, std::string> use_key(SSL_CTX* to,
                                    const std::filesystem::path& file) {
  constexpr auto* option = "api-key";
  if (auto checked = check_file(option, file, S_IRWXO | S_IWGRP); !checked)
    return checked;
  // Nobody is there to be asked for a password.
  ::SSL_CTX_set_default_passwd_cb(to, [](char*, int, int, void*) { return 0; });
  if (::SSL_CTX_use_PrivateKey_file(to, file.c_str(), SSL_FILETYPE_PEM) != 1
      || ::SSL_CTX_check_private_key(to) != 1)
    return wrong(option, file,
                 "has no key in PEM, without a password, that belongs to the "
                 "certificate: "
                     + library_reason());
  return {};
}

expected<void, std::string> use_client_ca(SSL_CTX* to,
                                          const std::filesystem::path& file) {
  constexpr auto* option = "api-client-ca";
  if (auto checked = check_file(option, file, 0); !checked)
    return checked;
  auto* names = ::SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || ::SSL_CTX_load_verify_file(to, file.c_str()) != 1) {
    ::sk_X509_NAME_pop_free(names, ::X509_NAME_free);
    return wrong(option, file,
                 "has no certificate in PEM that can be used: "
                     + library_reason());
  }
  ::SSL_CTX_set_client_CA_list(to, names);
  ::SSL_CTX_set_verify(to, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       nullptr);
  return {};
}

// HTTP/1.1 is all that there is; who does not ask is told nothing.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size,
                    void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  return ::SSL_select_next_proto(const_cast<unsigned char**>(chosen), size,
                                 ours, sizeof(ours) - 1, offered, offered_size)
                 == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_NOACK;
}

tls_context bare_context() {
  tls_context result{::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free};
  auto* context = result.get();
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // No client comes back by what an earlier certificate let in.
  ::SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION
                                     | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // An idle connection holds no buffer.
  ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return result;
}

} // namespace

expected<tls_context, std::string> load_tls(const tls_files& files) {
  ::ERR_clear_error();
  auto result = bare_context();
  if (auto used = use_certificate(result.get(), files.certificate); !used)
    return unexpected{std::move(used.error())};
  if (auto used = use_key(result.get(), files.key); !used)
    return unexpected{std::move(used.error())};
  if (files.client_ca)
    if (auto used = use_client_ca(result.get(), *files.client_ca); !used)
      return unexpected{std::move(used.error())};
  return result;
}

std::optional<std::string> expiry_problem(const tls_context& context) {
  const auto* certificate = ::SSL_CTX_get0_certificate(context.get());
  if (::X509_cmp_current_time(::X509_get0_notAfter(certificate)) < 0)
    return "the certificate of --api-certificate is valid no more";
  if (::X509_cmp_current_time(::X509_get0_notBefore(certificate)) > 0)
    return "the certificate of --api-certificate is not yet valid";
  return std::nullopt;
}

} // namespace grapevine::app::http
