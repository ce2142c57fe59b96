#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/base/wall_clock.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/secure/openssl_tls.hpp"
#include "libp2p/secure/tls_link.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// What ALPN says where no stream muxer is named.
inline constexpr std::string_view tls_alpn = "libp2p";

class tls_handshake;

/// What all TLS handshakes of a node have in common: OpenSSL's settings, a
/// certificate that is made with it and kept nowhere, and the muxers to name.
/// Never changed, so it may be used by several threads at once.
class tls_context {
public:
  /// Throws std::runtime_error when OpenSSL cannot.
  tls_context(const private_key& identity, const random_source& random,
              wall_clock time, std::vector<std::string> muxers);

  /// One end of one connection; OpenSSL asks `owner` while its handshake lasts.
  std::unique_ptr<tls_link> begin(tls_handshake& owner) const;

  std::chrono::system_clock::time_point now() const { return time_(); }
  const std::vector<std::string>& muxers() const noexcept { return muxers_; }

private:
  wall_clock time_;
  std::vector<std::string> muxers_;
  detail::openssl_ptr<SSL_CTX> ctx_;
};

/// What is used of `offered`, the protocols of a ClientHello's ALPN as they are
/// on the wire: the first of `muxers` that is named there, else `tls_alpn`;
/// empty if that is not named either.
std::string_view choose_alpn(std::string_view offered,
                             const std::vector<std::string>& muxers);

} // namespace grapevine::libp2p
