// TLS against a hostile peer: the handshake in both roles, its certificate, the
// identity in that, and what comes in records.
#include "libp2p/secure/tls_certificate.hpp"
#include "libp2p/secure/tls_channel.hpp"
#include "libp2p/secure/tls_handshake.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/tls_peer.hpp"

#include <algorithm>
#include <cstdlib>

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

tls_cipher cipher_of(std::uint8_t secret) {
  return {*tls_suite_of(0x1301), secret_bytes{bytes(32, secret)}};
}

/// Ciphertext that nobody encrypted.
void records_of(bytes_view data, std::size_t step) {
  tls_channel channel{cipher_of(1), cipher_of(2)};
  while (!data.empty()) {
    auto chunk = to_bytes(data.first(std::min(step, data.size())));
    data = data.subspan(chunk.size());
    bytes_view rest{chunk};
    const auto result = channel.next(rest, chunk);
    require(!result || (!result->has_value() && rest.empty()));
  }
}

/// Records of a peer that holds the keys: of each its type, its size, and so
/// many bytes.
void contents_of(bytes_view data) {
  tls_channel channel{cipher_of(1), cipher_of(2)};
  tls_cipher peer = cipher_of(2);
  std::size_t silent = 0;
  while (data.size() >= 2) {
    const auto type = static_cast<tls_content>(20 + data[0] % 5);
    const auto size = std::min<std::size_t>(data[1], data.size() - 2);
    const auto content = data.subspan(2, size);
    data = data.subspan(2 + size);
    bytes wire;
    require(peer.seal(type, {&content, 1}, wire));
    bytes_view rest{wire};
    const auto result = channel.next(rest, wire);
    if (!result)
      break;
    silent = result->has_value() ? 0 : silent + 1;
    require(silent <= tls_channel::max_useless_records);
  }
  bytes out;
  const auto text = as_bytes("answer");
  require(channel.encrypt({&text, 1}, out).has_value());
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
    contents_of(input);
  }
  return 0;
}
