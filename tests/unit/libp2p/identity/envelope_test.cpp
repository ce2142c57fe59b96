#include "libp2p/identity/envelope.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

// Made by go-libp2p-core for its test of envelopes; nim-libp2p publishes it as
// its interoperability vector.
constexpr std::string_view go_envelope =
    "0a24080112206f1581709bb7b1ef030d210db18e3b0ba1c776fba65d8cdaad05415142d189"
    "f812102f6c69627032702f74657374646174611a0c68656c6c6f20776f726c64212a401178"
    "673b51dfa842aad17e465e25d646ad16628916b964c3fb10c711fee87872bdd4e4646f58c2"
    "77cdff09704913d8be1aec6322de8d3d0bb852120374aece08";

constexpr std::string_view go_domain = "libp2p-testing";

private_key test_key() {
  return private_key::from_protobuf(from_hex(ed25519_vector.private_key))
      .value();
}

} // namespace

TEST_CASE("envelope: one made by go-libp2p opens", "[libp2p][envelope]") {
  const auto opened = open_envelope(from_hex(go_envelope), go_domain);
  REQUIRE(opened);
  CHECK(as_text(opened->payload_type) == "/libp2p/testdata");
  CHECK(as_text(opened->payload) == "hello world!");
  CHECK(to_hex(opened->key.raw())
        == "6f1581709bb7b1ef030d210db18e3b0ba1c776fba65d8cdaad05415142d189f8");
}

TEST_CASE("envelope: its bytes are the specification's", "[libp2p][envelope]") {
  const auto key = test_key();
  // Fields in the order of their tags; the signature is over each field with
  // its length in front.
  auto expected = from_hex("0a24");
  append(expected, from_hex(ed25519_vector.public_key));
  append(expected, from_hex("1201741a027061"
                            "2a40"));
  append(expected, key.sign(from_hex("01640174027061")));
  CHECK(seal_envelope(key, "d", as_bytes("t"), as_bytes("pa")) == expected);
}

TEST_CASE("envelope: keys of every type seal and open", "[libp2p][envelope]") {
  const auto vector =
      GENERATE(ed25519_vector, secp256k1_vector, ecdsa_vector, rsa_vector);
  INFO(vector.name);
  const auto key =
      private_key::from_protobuf(from_hex(vector.private_key)).value();
  const auto sealed =
      seal_envelope(key, "domain", from_hex("0301"), as_bytes("payload"));
  const auto opened = open_envelope(sealed, "domain");
  REQUIRE(opened);
  CHECK(opened->key == key.public_part());
  CHECK(as_text(opened->payload) == "payload");
}

TEST_CASE("envelope: type and payload may be empty, the domain may not",
          "[libp2p][envelope]") {
  CHECK(open_envelope(seal_envelope(test_key(), "d", {}, {}), "d"));
  CHECK_THROWS_AS(seal_envelope(test_key(), "", {}, {}), std::invalid_argument);
}

TEST_CASE("envelope: a signature for another domain is refused",
          "[libp2p][envelope]") {
  CHECK(error_of(open_envelope(from_hex(go_envelope), "libp2p-peer-record"))
        == envelope_error::bad_signature);
}

TEST_CASE("envelope: bytes that move between fields change the signature",
          "[libp2p][envelope]") {
  const auto sealed =
      seal_envelope(test_key(), "d", as_bytes("ab"), as_bytes("c"));
  // The same bytes, cut elsewhere: type "a" and payload "bc".
  auto moved = sealed;
  const auto at = moved.begin() + 38;
  REQUIRE(to_hex({at, 7}) == "120261621a0163");
  const auto cut = from_hex("1201611a026263");
  std::copy(cut.begin(), cut.end(), at);
  CHECK(error_of(open_envelope(moved, "d")) == envelope_error::bad_signature);
}

TEST_CASE("envelope: any change of a byte is noticed", "[libp2p][envelope]") {
  const auto sealed = from_hex(go_envelope);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 0x04;
    INFO(i);
    CHECK_FALSE(open_envelope(changed, go_domain));
  }
}

TEST_CASE("envelope: every shortened one is refused", "[libp2p][envelope]") {
  const auto sealed = from_hex(go_envelope);
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK_FALSE(open_envelope(bytes_view{sealed}.first(size), go_domain));
}

TEST_CASE("envelope: what is no envelope is malformed", "[libp2p][envelope]") {
  CHECK(error_of(open_envelope({}, "d")) == envelope_error::malformed);
  CHECK(error_of(open_envelope(from_hex("ff"), "d"))
        == envelope_error::malformed);
  CHECK(error_of(open_envelope(from_hex("120161"), "d"))
        == envelope_error::malformed);
  const bytes large(max_envelope_size, 'a');
  CHECK(error_of(open_envelope(seal_envelope(test_key(), "d", {}, large), "d"))
        == envelope_error::malformed);
}

TEST_CASE("envelope: unusable keys are told apart", "[libp2p][envelope]") {
  for (const auto* hex : {"0a00",             // no fields
                          "0a020801",         // no data
                          "0a04080912001a00", // unknown type
                          "0a0408011200"}) {  // wrong size
    INFO(hex);
    CHECK(error_of(open_envelope(from_hex(hex), "d"))
          == envelope_error::bad_key);
  }
}
