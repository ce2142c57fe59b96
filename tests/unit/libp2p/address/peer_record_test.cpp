#include "libp2p/address/peer_record.hpp"
#include "libp2p/identity/envelope.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

private_key test_key() {
  return private_key::from_protobuf(from_hex(ed25519_vector.private_key))
      .value();
}

std::vector<multiaddr> addrs_of(std::initializer_list<const char*> texts) {
  std::vector<multiaddr> addrs;
  for (const auto* text : texts)
    addrs.push_back(multiaddr::from_text(text).value());
  return addrs;
}

/// A record's protobuf begins with the peer id.
bytes id_field(const peer_id& id) {
  bytes field{0x0a, static_cast<std::uint8_t>(id.view().size())};
  append(field, id.view());
  return field;
}

bytes seal(const bytes& payload) {
  return seal_envelope(test_key(), peer_record_domain, peer_record_type,
                       payload);
}

peer_id test_peer() {
  return peer_id::of(test_key().public_part());
}

} // namespace

TEST_CASE("peer_record: what is sealed is opened", "[libp2p][peer_record]") {
  const auto vector =
      GENERATE(ed25519_vector, secp256k1_vector, ecdsa_vector, rsa_vector);
  INFO(vector.name);
  const auto key =
      private_key::from_protobuf(from_hex(vector.private_key)).value();
  const auto addrs = addrs_of({"/ip4/192.0.2.0/tcp/42", "/dns/a.b/tcp/1/tls"});
  const auto seq = GENERATE(std::uint64_t{0}, std::uint64_t{1570215229},
                            std::numeric_limits<std::uint64_t>::max());
  const auto record = open_peer_record(seal_peer_record(key, seq, addrs));
  REQUIRE(record);
  CHECK(to_string(record->peer) == vector.base58);
  CHECK(record->seq == seq);
  CHECK(record->addrs == addrs);
}

TEST_CASE("peer_record: its bytes are the specification's",
          "[libp2p][peer_record]") {
  auto payload = id_field(test_peer());
  append(payload, from_hex("102a"
                           "1a0a0a0804c0000200"
                           "06002a"));
  const auto sealed =
      seal_peer_record(test_key(), 42, addrs_of({"/ip4/192.0.2.0/tcp/42"}));
  CHECK(sealed == seal(payload));
  const auto opened = open_envelope(sealed, "libp2p-peer-record");
  REQUIRE(opened);
  CHECK(to_hex(opened->payload_type) == "0301");
}

TEST_CASE("peer_record: addresses that are not understood are left out",
          "[libp2p][peer_record]") {
  auto payload = id_field(test_peer());
  // Malformed, none, a protocol that is not known (sctp), and a good one.
  append(payload, from_hex("1a030a01ff"
                           "1a00"
                           "1a070a0584010001ff"
                           "1a050a0306002a"));
  const auto record = open_peer_record(seal(payload));
  REQUIRE(record);
  CHECK(record->addrs == addrs_of({"/tcp/42"}));
  CHECK(record->seq == 0);
}

TEST_CASE("peer_record: only the first addresses of very many are taken",
          "[libp2p][peer_record]") {
  const std::vector<multiaddr> many(max_record_addrs + 1,
                                    multiaddr::from_text("/tcp/1").value());
  const auto record = open_peer_record(seal_peer_record(test_key(), 1, many));
  CHECK(record.value().addrs.size() == max_record_addrs);
}

TEST_CASE("peer_record: a record about another peer is refused",
          "[libp2p][peer_record]") {
  const auto other = peer_id::from_text(rsa_vector.base58).value();
  CHECK(error_of(open_peer_record(seal(id_field(other))))
        == peer_record_error::wrong_peer);
  CHECK(error_of(open_peer_record(seal({}))) == peer_record_error::wrong_peer);
}

TEST_CASE("peer_record: an envelope of another kind is refused",
          "[libp2p][peer_record]") {
  const auto payload = id_field(test_peer());
  CHECK(error_of(open_peer_record(seal_envelope(test_key(), peer_record_domain,
                                                as_bytes("/x"), payload)))
        == peer_record_error::wrong_type);
  CHECK(error_of(open_peer_record(seal_envelope(
            test_key(), "libp2p-routing-state", peer_record_type, payload)))
        == peer_record_error::bad_signature);
}

TEST_CASE("peer_record: a signed payload that is no record is malformed",
          "[libp2p][peer_record]") {
  CHECK(error_of(open_peer_record(seal({0xff})))
        == peer_record_error::malformed);
  CHECK(error_of(open_peer_record({})) == peer_record_error::malformed);
  CHECK(error_of(open_peer_record(from_hex("0a00")))
        == peer_record_error::bad_key);
}
