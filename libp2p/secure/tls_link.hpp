#pragma once

#include "libp2p/secure/openssl_tls.hpp"
#include "proto/bytes.hpp"

#include <openssl/err.h>

#include <cstddef>
#include <limits>

namespace grapevine::libp2p {

/// The SSL object of one connection, without I/O of its own: it reads what a
/// call is given, and appends what it has to say where the call wants it.
class tls_link {
public:
  /// Bytes that it may read if no other number is set.
  static constexpr std::size_t unlimited =
      std::numeric_limits<std::size_t>::max();

  /// Throws std::bad_alloc.
  explicit tls_link(SSL_CTX* ctx);
  tls_link(const tls_link&) = delete;
  tls_link& operator=(const tls_link&) = delete;

  SSL* ssl() const noexcept { return ssl_.get(); }

  /// Calls `act`, a function of OpenSSL, with the SSL object; `in` is shortened
  /// by what was read. The result of `act`; what went wrong is in OpenSSL's
  /// queue of errors, which was empty before.
  template <class Act>
  int call(bytes_view& in, bytes& out, Act act) {
    ERR_clear_error();
    in_ = &in;
    out_ = &out;
    const auto result = act(ssl_.get());
    in_ = nullptr;
    out_ = nullptr;
    return result;
  }

  /// Lets it read so many bytes from now on.
  void allow(std::size_t count) noexcept { allowed_ = count; }

  /// Whether it would have read more than was allowed.
  bool exceeded() const noexcept { return exceeded_; }

  // -- what OpenSSL asks ------------------------------------------------------

  /// Reads up to `size` bytes to `to`; none when there are no more.
  std::size_t read(char* to, std::size_t size);
  void write(bytes_view data) { append(*out_, data); }

private:
  detail::openssl_ptr<SSL> ssl_;
  /// Of the call that is being served.
  bytes_view* in_ = nullptr;
  bytes* out_ = nullptr;
  std::size_t allowed_ = unlimited;
  bool exceeded_ = false;
};

} // namespace grapevine::libp2p
