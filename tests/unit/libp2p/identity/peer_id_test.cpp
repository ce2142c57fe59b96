#include "libp2p/base/base58.hpp"
#include "libp2p/base/multibase.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"

#include <catch2/catch.hpp>

#include <unordered_set>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

public_key read_public(std::string_view hex) {
  return public_key::from_protobuf(from_hex(hex)).value();
}

peer_id_error text_error(std::string_view text) {
  return error_of(peer_id::from_text(text));
}

peer_id_error bytes_error(std::string_view hex) {
  return error_of(peer_id::from_bytes(from_hex(hex)));
}

/// The CIDv1 of `id` under another version or codec.
std::string cid_text(multibase base, std::string_view prefix_hex,
                     const peer_id& id) {
  auto cid = from_hex(prefix_hex);
  append(cid, id.view());
  return encode_multibase(base, cid);
}

} // namespace

TEST_CASE("peer_id: the specification's keys give their peer ids",
          "[libp2p][peer_id]") {
  const auto vector =
      GENERATE(ed25519_vector, secp256k1_vector, ecdsa_vector, rsa_vector);
  INFO(vector.name);
  const auto id = peer_id::of(read_public(vector.public_key));
  CHECK(id.to_base58() == vector.base58);
  CHECK(to_string(id) == vector.base58);
  CHECK(id.to_cid() == vector.cid);
  CHECK(peer_id::from_text(vector.base58) == id);
  CHECK(peer_id::from_text(vector.cid) == id);
  CHECK(peer_id::from_bytes(id.view()) == id);
}

TEST_CASE("peer_id: the specification's example texts are read",
          "[libp2p][peer_id]") {
  for (const auto* text :
       {"QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"})
    CHECK(peer_id::from_text(text).value().to_base58() == text);
  const std::string_view cid =
      "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe";
  const auto id = peer_id::from_text(cid).value();
  CHECK(id.to_base58() == "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N");
  CHECK(id.to_cid() == cid);
}

TEST_CASE("peer_id: a CID is read in every multibase", "[libp2p][peer_id]") {
  const auto id = peer_id::from_text(ed25519_vector.base58).value();
  for (const auto base :
       {multibase::base16, multibase::base32, multibase::base36,
        multibase::base58btc, multibase::base64url}) {
    INFO(static_cast<char>(base));
    CHECK(peer_id::from_text(cid_text(base, "0172", id)) == id);
  }
}

TEST_CASE("peer_id: keys up to 42 bytes are inlined, and found again",
          "[libp2p][peer_id]") {
  for (const auto& vector : {ed25519_vector, secp256k1_vector}) {
    const auto key = read_public(vector.public_key);
    CHECK(peer_id::of(key).inlined_key() == key);
  }
  for (const auto& vector : {ecdsa_vector, rsa_vector})
    CHECK_FALSE(peer_id::of(read_public(vector.public_key)).inlined_key());
  CHECK_FALSE(peer_id{}.inlined_key());
}

TEST_CASE("peer_id: an id that inlines no canonical key has no key",
          "[libp2p][peer_id]") {
  // No key at all, and the fields of an Ed25519 key in the other order.
  const auto junk = peer_id::from_bytes(from_hex("0003010203")).value();
  CHECK_FALSE(junk.inlined_key());
  const auto key = from_hex(ed25519_vector.public_key);
  bytes swapped{0x00, 0x24};
  swapped.insert(swapped.end(), key.begin() + 2, key.end());
  swapped.insert(swapped.end(), key.begin(), key.begin() + 2);
  CHECK_FALSE(peer_id::from_bytes(swapped).value().inlined_key());
}

TEST_CASE("peer_id: multihashes of other kinds or sizes are refused",
          "[libp2p][peer_id]") {
  const std::string digest(64, 'a');
  for (const auto& hex : {std::string{}, std::string{"00"}, std::string{"0000"},
                          std::string{"0002aa"},   // truncated
                          std::string{"0001aaaa"}, // too long
                          "1221" + digest + "aa",  // SHA2-256 of 33 bytes
                          "121f" + digest.substr(2),
                          "1120" + digest,        // SHA1
                          "1220" + digest + "aa", // bytes behind it
                          "128120" + digest,      // length in two bytes
                          "002b" + std::string(86, 'a')}) {
    INFO(hex);
    CHECK(bytes_error(hex) == peer_id_error::bad_multihash);
  }
  CHECK(peer_id::from_bytes(from_hex("1220" + digest)));
  CHECK(peer_id::from_bytes(from_hex("002a" + std::string(84, 'a'))));
}

TEST_CASE("peer_id: texts in no known encoding are refused",
          "[libp2p][peer_id]") {
  const auto id = peer_id::from_text(ed25519_vector.base58).value();
  for (const auto& text :
       {std::string{}, std::string{"x"}, std::string{"b"}, std::string{"k"},
        std::string{"12D3KooW0"}, std::string{"QmYyQSo1c1Ym7orWxLYvCrM2E!"},
        "m" + std::string{ed25519_vector.cid.substr(1)},
        cid_text(multibase::base32, "0072", id),
        cid_text(multibase::base32, "0272", id), std::string(129, '1')}) {
    INFO(text);
    CHECK(text_error(text) == peer_id_error::bad_encoding);
  }
}

TEST_CASE("peer_id: a CID of another codec is refused", "[libp2p][peer_id]") {
  const auto id = peer_id::from_text(ed25519_vector.base58).value();
  CHECK(text_error(cid_text(multibase::base32, "0170", id))
        == peer_id_error::wrong_codec);
  // go-libp2p's own example: a CID of raw data.
  CHECK(text_error("bafkreifoybygix7fh3r3g5rqle3wcnhqldgdg4shzf4k3ulyw3gn7mabt"
                   "4")
        == peer_id_error::wrong_codec);
}

TEST_CASE("peer_id: a well-encoded text may hold no multihash",
          "[libp2p][peer_id]") {
  CHECK(text_error("1") == peer_id_error::bad_multihash);
  CHECK(text_error("Qm") == peer_id_error::bad_multihash);
  CHECK(text_error("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5")
        == peer_id_error::bad_multihash);
  CHECK(text_error(encode_multibase(multibase::base32, from_hex("0172")))
        == peer_id_error::bad_multihash);
}

TEST_CASE("peer_id: a default one is empty and equals no peer's",
          "[libp2p][peer_id]") {
  const auto id = peer_id::from_text(ed25519_vector.base58).value();
  CHECK(peer_id{}.empty());
  CHECK_FALSE(id.empty());
  CHECK(peer_id{} != id);
  CHECK(peer_id{}.to_base58().empty());
  CHECK(peer_id{}.short_text().empty());
}

TEST_CASE("peer_id: ids order and hash by their bytes", "[libp2p][peer_id]") {
  const auto a = peer_id::from_bytes(from_hex("000101")).value();
  const auto b = peer_id::from_bytes(from_hex("000102")).value();
  CHECK(a < b);
  CHECK(a == peer_id::from_bytes(from_hex("000101")).value());
  CHECK(std::unordered_set<peer_id>{a, b, a}.size() == 2);
}

TEST_CASE("peer_id: the short text is the end of the base58 form",
          "[libp2p][peer_id]") {
  const auto id = peer_id::from_text(ed25519_vector.base58).value();
  CHECK(id.short_text() == "Umo7R3pq");
}
