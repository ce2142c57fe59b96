// Signed envelopes and the peer records within. A fuzzer cannot sign, so the
// input is also put into envelopes that are signed well.
#include "libp2p/address/peer_record.hpp"
#include "libp2p/identity/envelope.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

const private_key& signer() {
  static const auto key =
      private_key::ed25519_from_seed(std::array<std::uint8_t, 32>{1});
  return key;
}

void check_record(const peer_record& record) {
  require(record.addrs.size() <= max_record_addrs);
  const auto again =
      open_peer_record(seal_peer_record(signer(), record.seq, record.addrs));
  require(again && again->seq == record.seq && again->addrs == record.addrs);
}

/// As it comes from a peer.
void open(bytes_view input) {
  if (const auto opened = open_envelope(input, peer_record_domain))
    require(input.size() <= max_envelope_size);
  if (const auto record = open_peer_record(input))
    check_record(*record);
}

/// The input as the payload of a signature that holds.
void open_sealed(bytes_view payload) {
  const auto sealed =
      seal_envelope(signer(), peer_record_domain, peer_record_type, payload);
  const auto opened = open_envelope(sealed, peer_record_domain);
  require(opened.has_value() == (sealed.size() <= max_envelope_size));
  require(!opened || equal(opened->payload, payload));
  require(!open_envelope(sealed, "another domain"));
  if (const auto record = open_peer_record(sealed)) {
    require(record->peer == peer_id::of(signer().public_part()));
    check_record(*record);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view input{data, size};
  open(input);
  open_sealed(input);
  // With the signer's id in front, so that the rest is read at all.
  const auto id = peer_id::of(signer().public_part());
  bytes record{0x0a, static_cast<std::uint8_t>(id.view().size())};
  append(record, id.view());
  append(record, input);
  open_sealed(record);
  return 0;
}
