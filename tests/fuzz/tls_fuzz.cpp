// TLS against a hostile peer: the handshake in both roles, its certificate, the
// identity in that, and what comes in records.
#include "libp2p/secure/tls_certificate.hpp"
#include "libp2p/secure/tls_channel.hpp"
#include "libp2p/secure/tls_handshake.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/tls_peer.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

std::shared_ptr<const tls_context> context() {
  static const auto result = std::make_shared<const tls_context>(
      test::numbered_identity(1)->key(), test::numbered_random(1),
      test::test_wall_time, std::vector<std::string>{"/yamux/1.0.0"});
  return result;
}

/// Raw bytes instead of handshake messages.
void handshake_of(role who, bytes_view data, std::size_t step) {
  constexpr std::size_t max_message = 8192;
  tls_handshake handshake{context(), who, std::nullopt, max_message};
  bytes out;
  handshake.start(out);
  std::size_t used = 0;
  while (!data.empty()) {
    auto chunk = data.first(std::min(step, data.size()));
    data = data.subspan(chunk.size());
    const auto size = chunk.size();
    const auto fed = handshake.feed(chunk, out);
    used += size - chunk.size();
    if (!fed)
      break;
    // Random bytes prove no identity.
    require(!fed->has_value() && chunk.empty());
  }
  require(!handshake.proven() && used <= 2 * max_message);
}

void certificate_of(bytes_view der) {
  const auto remote = verify_tls_certificate(der, test::test_wall_time());
  require(!remote || peer_id::of(remote->key) == remote->peer);
}

/// A certificate that is good but for its identity, which nobody signed.
void identity_of(bytes_view value) {
  static const auto key = test::numbered_identity(2)->key();
  const auto odd = test::odd_certificate(key, {.identity = to_bytes(value)});
  require(
      !verify_tls_certificate(odd.certificate.get(), test::test_wall_time()));
}

/// A channel to a peer that has the keys, too.
struct connection {
  connection() {
    auto link = std::make_unique<tls_link>(ctx.get());
    SSL_set_accept_state(link->ssl());
    for (int i = 0; i < 3; ++i) {
      const auto said = peer.take();
      bytes_view in{said};
      bytes out;
      link->call(in, out, SSL_do_handshake);
      peer.feed(out);
    }
    require(peer.done());
    channel.emplace(std::move(link));
  }

  tls_certificate own =
      test::odd_certificate(test::numbered_identity(2)->key());
  bytes alpn;
  detail::openssl_ptr<SSL_CTX> ctx = test::make_peer_context(own, {}, alpn);
  test::tls_peer peer{role::dialer, own};
  std::optional<tls_channel> channel;
};

/// Ciphertext that nobody encrypted.
void records_of(bytes_view data, std::size_t step) {
  connection with;
  while (!data.empty()) {
    auto chunk = to_bytes(data.first(std::min(step, data.size())));
    data = data.subspan(chunk.size());
    bytes_view rest{chunk};
    const auto result = with.channel->next(rest, chunk);
    require(!result || (!result->has_value() && rest.empty()));
  }
}

/// What a peer that holds the keys does: of each deed its kind, its size, and
/// so many bytes.
void contents_of(bytes_view data, std::size_t step) {
  connection with;
  auto* ssl = with.peer.ssl();
  std::string said;
  std::string heard;
  while (data.size() >= 2) {
    const auto kind = data[0] % 5;
    const auto size = std::min<std::size_t>(data[1], data.size() - 2);
    if (kind < 3) {
      SSL_key_update(ssl, kind == 0 ? SSL_KEY_UPDATE_REQUESTED
                                    : SSL_KEY_UPDATE_NOT_REQUESTED);
      SSL_do_handshake(ssl);
    } else if (size > 0) {
      said += as_text(data.subspan(2, size));
      with.peer.write(as_text(data.subspan(2, size)));
    }
    data = data.subspan(2 + size);
    const auto wire = with.peer.take();
    for (bytes_view rest{wire}; !rest.empty();) {
      auto chunk = rest.first(std::min(step, rest.size()));
      rest = rest.subspan(chunk.size());
      for (;;) {
        const auto result = with.channel->next(chunk, {});
        if (!result)
          return; // a flood of new keys
        if (!result->has_value())
          break;
        heard += as_text(**result);
      }
    }
  }
  require(said == heard);
  bytes out;
  const auto text = as_bytes("answer");
  require(with.channel->encrypt({&text, 1}, out).has_value());
  with.peer.feed(out);
  require(with.peer.read() == "answer");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  const auto input = bytes_view{data, size}.subspan(2);
  const auto step = std::size_t{1} + data[1];
  switch (data[0] % 6) {
  case 0:
    handshake_of(role::listener, input, step);
    break;
  case 1:
    handshake_of(role::dialer, input, step);
    break;
  case 2:
    certificate_of(input);
    break;
  case 3:
    identity_of(input);
    break;
  case 4:
    records_of(input, step);
    break;
  default:
    contents_of(input, step);
  }
  return 0;
}
