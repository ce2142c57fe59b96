#pragma once

#include "app/http/tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <new>
#include <string>

namespace grapevine::app::http {

/// OpenSSL's state of one connection, between two buffers of its own: for the
/// sources that call OpenSSL, and no header.
struct tls_library {
  /// `take_side` is SSL_set_accept_state or SSL_set_connect_state.
  tls_library(const tls_context& context, void (*take_side)(SSL*))
      : ssl{::SSL_new(context.get())}, in{::BIO_new(::BIO_s_mem())},
        out{::BIO_new(::BIO_s_mem())} {
    if (ssl == nullptr || in == nullptr || out == nullptr)
      throw std::bad_alloc{};
    // They are its own from now on.
    ::SSL_set_bio(ssl, in, out);
    take_side(ssl);
  }

  ~tls_library() { ::SSL_free(ssl); }
  tls_library(const tls_library&) = delete;
  tls_library& operator=(const tls_library&) = delete;

  /// Appends what is to be sent, which is forgotten.
  void take_output(std::string& to) const {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out, &data);
    if (size <= 0)
      return;
    to.append(data, static_cast<std::size_t>(size));
    (void)BIO_reset(out);
  }

  SSL* ssl;
  BIO* in;
  BIO* out;
};

} // namespace grapevine::app::http
