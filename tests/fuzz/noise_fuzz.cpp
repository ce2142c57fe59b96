// Noise against a hostile peer: the handshake in both roles, the payload, the
// record reader and the transport cipher.
#include "libp2p/secure/noise.hpp"
#include "libp2p/secure/noise_channel.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

using seed = std::array<std::uint8_t, 32>;

seed seed_of(std::uint8_t number) {
  seed result{};
  result.fill(number);
  return result;
}

std::shared_ptr<const noise_credentials> credentials() {
  static const auto result = noise_credentials::create(
      private_key::ed25519_from_seed(seed_of(1)), seed_of(2), {"/yamux/1.0.0"});
  return result;
}

void require(bool condition) {
  if (!condition)
    std::abort();
}

/// Raw bytes instead of handshake messages.
void handshake_of(noise_role role, bytes_view data, std::size_t step) {
  noise_handshake handshake{credentials(), role, seed_of(3)};
  bytes out;
  handshake.start(out);
  while (!data.empty()) {
    auto used = handshake.feed(data.first(std::min(step, data.size())), out);
    if (!used)
      break;
    require(*used <= data.size());
    if (*used == 0)
      break;
    data = data.subspan(*used);
  }
  // Random bytes prove no identity.
  require(!handshake.done());
}

/// A peer that speaks Noise, with `payload` in its third message.
void payload_of(bytes_view payload) {
  if (payload.size() > 8000)
    return;
  auto fixed = x25519_keypair::from_seed(seed_of(4));
  noise_xx dialer{noise_role::initiator, fixed,
                  x25519_keypair::from_seed(seed_of(5))};
  noise_handshake listener{credentials(), noise_role::responder, seed_of(3)};
  bytes out;
  bytes message;
  bytes ignored;
  auto send = [&](bytes_view content) {
    message.assign(2, 0);
    require(dialer.write(content, message).has_value());
    message[0] = static_cast<std::uint8_t>((message.size() - 2) >> 8);
    message[1] = static_cast<std::uint8_t>(message.size() - 2);
    return listener.feed(message, out).has_value();
  };
  require(send({}));
  require(dialer.read(bytes_view{out}.subspan(2), ignored).has_value());
  auto accepted = send(payload);
  auto valid = verify_noise_payload(payload, fixed.shared).has_value();
  require(!accepted || valid);
}

/// Ciphertext that nobody encrypted.
void records_of(bytes_view data, std::size_t step) {
  noise_record_reader reader;
  noise_channel channel{noise_cipher{seed_of(6)}, noise_cipher{seed_of(7)}};
  while (!data.empty()) {
    auto chunk = to_bytes(data.first(std::min(step, data.size())));
    data = data.subspan(chunk.size());
    // As many records are refused as there are, and all is used up.
    std::size_t records = 0;
    bytes_view rest{chunk};
    auto record = reader.next(rest);
    for (; record && *record; record = reader.next(rest))
      ++records;
    require(record.has_value() && rest.empty());
    rest = chunk;
    for (; records > 0; --records)
      require(!channel.next(rest, chunk));
    require(!channel.next(rest, chunk).value().has_value() && rest.empty());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  auto input = bytes_view{data, size}.subspan(2);
  auto step = std::size_t{1} + data[1];
  switch (data[0] % 4) {
  case 0:
    handshake_of(noise_role::responder, input, step);
    break;
  case 1:
    handshake_of(noise_role::initiator, input, step);
    break;
  case 2:
    payload_of(input);
    break;
  default:
    records_of(input, step);
  }
  return 0;
}
