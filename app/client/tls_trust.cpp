// What all of a program's sessions with a node share.
#include "actors/host/socket.hpp"
#include "app/client/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>

namespace grapevine::app::client {

namespace {

http::tls_context bare_context() {
  http::tls_context result{::SSL_CTX_new(::TLS_client_method()),
                           ::SSL_CTX_free};
  auto* context = result.get();
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_options(context,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  static constexpr unsigned char ours[] = "\x08http/1.1";
  ::SSL_CTX_set_alpn_protos(context, ours, sizeof(ours) - 1);
  return result;
}

expected<void, std::string> trust(SSL_CTX* to,
                                  const std::filesystem::path& file) {
  const auto wrong = [&](const std::string& what) {
    return unexpected{fmt::format("--api-ca: \"{}\" {}", file.string(), what)};
  };
  // OpenSSL tells less of a file that it cannot open.
  const unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd)
    return wrong(std::string{"cannot be read: "} + std::strerror(errno));
  ::ERR_clear_error();
  if (::SSL_CTX_load_verify_file(to, file.c_str()) == 1)
    return {};
  ::ERR_clear_error();
  return wrong("has no certificate in PEM that can be used");
}

// They are read as a node reads its own.
expected<void, std::string> show(SSL_CTX* to, const tls_files& files) {
  const auto read = http::load_tls({*files.certificate, *files.key});
  if (!read)
    return unexpected{read.error()};
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(read->get(), &chain);
  if (::SSL_CTX_use_cert_and_key(to, ::SSL_CTX_get0_certificate(read->get()),
                                 ::SSL_CTX_get0_privatekey(read->get()), chain,
                                 1)
      != 1)
    return unexpected<std::string>{"--api-certificate cannot be used"};
  if (auto problem = http::expiry_problem(*read))
    return unexpected{*std::move(problem)};
  return {};
}

} // namespace

expected<http::tls_context, std::string> load_tls(const tls_files& files) {
  auto result = bare_context();
  if (!files.ca)
    ::SSL_CTX_set_default_verify_paths(result.get());
  else if (auto trusted = trust(result.get(), *files.ca); !trusted)
    return unexpected{trusted.error()};
  if (files.certificate && files.key)
    if (auto shown = show(result.get(), files); !shown)
      return unexpected{shown.error()};
  return result;
}

} // namespace grapevine::app::client
