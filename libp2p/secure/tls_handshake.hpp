#pragma once

#include "libp2p/base/types.hpp"
#include "libp2p/secure/secure_channel.hpp"
#include "libp2p/secure/tls_certificate.hpp"
#include "libp2p/secure/tls_context.hpp"
#include "libp2p/secure/tls_fault.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::libp2p {

/// The TLS 1.3 handshake of one connection, by OpenSSL over bytes in and bytes
/// out. A `tls_channel` goes on with its SSL object.
class tls_handshake final : public secure_handshake {
public:
  /// `max_message` bounds each message, and all of them by twice as much.
  tls_handshake(std::shared_ptr<const tls_context> context, role who,
                std::optional<peer_id> wanted, std::size_t max_message);
  tls_handshake(const tls_handshake&) = delete;
  tls_handshake& operator=(const tls_handshake&) = delete;

  void start(bytes& out) override;
  expected<std::optional<secure_result>, secure_error>
  feed(bytes_view& in, bytes& out) override;
  std::optional<peer_id> proven() const override;
  std::string problem() const override;

  // -- what OpenSSL asks ------------------------------------------------------

  /// Whether the other side's certificates are those of a peer that is wanted.
  /// `count`: how many it sent; `certificate`: the first. If not, OpenSSL's
  /// number of the reason.
  std::optional<int> refuse(X509* certificate, int count);

  /// It has asked for this node's certificate.
  void asked() noexcept { asked_ = true; }

  /// Chooses of what ALPN offers; null if there is nothing in common.
  std::string_view choose(std::string_view offered);

private:
  bool step(bytes_view& in, bytes& out);
  expected<std::optional<secure_result>, secure_error> finish();
  expected<std::optional<std::string>, tls_fault> agreed_muxer() const;
  unexpected<secure_error> fail(tls_fault why);
  unexpected<secure_error> fail();

  std::shared_ptr<const tls_context> context_;
  role role_;
  std::optional<peer_id> wanted_;
  /// Null when it is done.
  std::unique_ptr<tls_link> link_;

  std::optional<tls_remote> remote_;
  bool asked_ = false;
  bool done_ = false;
  std::optional<tls_fault> fault_;
  std::optional<secure_error> failed_;
  std::string problem_;
};

} // namespace grapevine::libp2p
