#include "gossip/message/seqno.hpp"
#include "gossip/message/signing.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"
#include "tests/support/message_vectors.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <span>
#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

message_signer signer_of(const key_vector& vector) {
  return message_signer{
      libp2p::private_key::from_protobuf(from_hex(vector.private_key)).value()};
}

message_ptr signed_by(const message_signer& signer,
                      std::string_view data = "data") {
  message_fields fields;
  fields.topic = "topic";
  fields.data = as_bytes(data);
  fields.seqno = 42;
  return build_message(fields, &signer, default_message_id);
}

/// The result of a strict check of a message with these fields.
std::string outcome(const proto::message_view& fields,
                    signing_policy policy = signing_policy::strict_sign) {
  const wire_message wire{encoded_message(fields)};
  const auto result = verify(wire.view, policy);
  return result ? "accepted" : to_string(result.error());
}

std::string outcome_of_bytes(const bytes& encoded) {
  const wire_message wire{encoded};
  const auto result = verify(wire.view, signing_policy::strict_sign);
  return result ? "accepted" : to_string(result.error());
}

const key_vector& any_key() {
  return *GENERATE(&ed25519_vector, &secp256k1_vector, &ecdsa_vector,
                   &rsa_vector);
}

} // namespace

TEST_CASE("signing: messages that go signed", "[gossip][signing]") {
  const auto* vector = GENERATE(&ed25519_messages, &secp256k1_messages,
                                &ecdsa_messages, &rsa_messages);
  INFO(vector->key_name);
  for (const auto hex : {vector->hello, vector->empty}) {
    const wire_message wire{from_hex(hex)};
    CHECK(wire.view.canonical);
    CHECK(wire.view.topic == "vectors");
    CHECK(verify(wire.view, signing_policy::strict_sign));
  }
}

TEST_CASE("signing: this node signs as go does", "[gossip][signing]") {
  // Ed25519 signatures are deterministic, so everything must be the same.
  const auto signer = signer_of(ed25519_vector);
  for (const auto hex : {ed25519_messages.hello, ed25519_messages.empty}) {
    const wire_message theirs{from_hex(hex)};
    message_fields fields;
    fields.topic = theirs.view.topic;
    fields.data = *theirs.view.data;
    fields.seqno = decode_seqno(*theirs.view.seqno);
    const auto ours = build_message(fields, &signer, default_message_id);
    CHECK(to_hex(ours->encoded()) == hex);
  }
}

TEST_CASE("signing: keys of all types", "[gossip][signing]") {
  const auto& vector = any_key();
  INFO(vector.name);
  const auto signer = signer_of(vector);
  const auto msg = signed_by(signer);
  REQUIRE(msg);
  CHECK(msg->author() == signer.author());
  CHECK(verify(msg->fields(), signing_policy::strict_sign));
  // The key is left out exactly where the author's id inlines it.
  CHECK(msg->fields().key.has_value()
        == !signer.author().inlined_key().has_value());
  CHECK(msg->id().raw() == default_message_id(msg->fields()));
}

TEST_CASE("signing: a key that the id inlines may be sent all the same",
          "[gossip][signing]") {
  const auto& vector = any_key();
  const auto signed_message = signed_by(signer_of(vector));
  auto fields = signed_message->fields();
  const auto key = from_hex(vector.public_key);
  fields.key = key;
  CHECK(outcome(fields) == "accepted");
}

TEST_CASE("signing: every signed field counts", "[gossip][signing]") {
  const auto signer = signer_of(ed25519_vector);
  const auto msg = signed_by(signer);
  auto fields = msg->fields();
  CHECK(outcome(fields) == "accepted");
  const auto seqno = encode_seqno(43);
  SECTION("data") {
    fields.data = as_bytes("Data");
  }
  SECTION("data left out") {
    fields.data.reset();
  }
  SECTION("number") {
    fields.seqno = seqno;
  }
  SECTION("topic") {
    fields.topic = "Topic";
  }
  SECTION("topic left out") {
    fields.topic = {};
    fields.has_topic = false;
  }
  CHECK(outcome(fields) == "bad signature");
}

TEST_CASE("signing: empty data are not absent data", "[gossip][signing]") {
  const auto signer = signer_of(ed25519_vector);
  const auto with = signed_by(signer, "");
  CHECK(with->fields().data);
  CHECK(outcome(with->fields()) == "accepted");
  auto without = with->fields();
  without.data.reset();
  CHECK(outcome(without) == "bad signature");
  const auto signature = signer.sign(without);
  without.signature = signature;
  CHECK(outcome(without) == "accepted");
}

TEST_CASE("signing: what strict signing refuses", "[gossip][signing]") {
  const auto signer = signer_of(ed25519_vector);
  const auto msg = signed_by(signer);
  auto fields = msg->fields();
  const auto other_key = from_hex(secp256k1_vector.public_key);
  const auto other = signer_of(secp256k1_vector);
  const bytes seven(7);
  const bytes nine(9);
  auto damaged = to_bytes(*fields.signature);
  damaged[5] ^= 1;
  const bytes half = to_bytes(fields.signature->first(32));
  std::string expected;
  SECTION("no signature") {
    fields.signature.reset();
    expected = "missing signature";
  }
  SECTION("an empty signature") {
    fields.signature = bytes_view{};
    expected = "missing signature";
  }
  SECTION("a damaged signature") {
    fields.signature = damaged;
    expected = "bad signature";
  }
  SECTION("half a signature") {
    fields.signature = half;
    expected = "bad signature";
  }
  SECTION("no author") {
    fields.from.reset();
    expected = "bad author";
  }
  SECTION("an author that is no peer id") {
    fields.from = as_bytes("nobody");
    expected = "bad author";
  }
  SECTION("another author") {
    fields.from = other.author().view();
    expected = "bad signature";
  }
  SECTION("no number") {
    fields.seqno.reset();
    expected = "bad sequence number";
  }
  SECTION("a number of seven bytes") {
    fields.seqno = seven;
    expected = "bad sequence number";
  }
  SECTION("a number of nine bytes") {
    fields.seqno = nine;
    expected = "bad sequence number";
  }
  SECTION("an empty key") {
    fields.key = bytes_view{};
    expected = "bad key";
  }
  SECTION("a key that is none") {
    fields.key = as_bytes("key");
    expected = "bad key";
  }
  SECTION("somebody else's key") {
    fields.key = other_key;
    expected = "bad key";
  }
  CHECK(outcome(fields) == expected);
}

TEST_CASE("signing: a hashed id needs the key", "[gossip][signing]") {
  const auto signer = signer_of(ecdsa_vector);
  const auto msg = signed_by(signer);
  auto fields = msg->fields();
  fields.key.reset();
  CHECK(outcome(fields) == "missing key");
}

TEST_CASE("signing: no signing means none of it", "[gossip][signing]") {
  const auto policy = signing_policy::strict_no_sign;
  proto::message_view fields;
  fields.topic = "topic";
  fields.has_topic = true;
  fields.data = as_bytes("data");
  CHECK(outcome(fields, policy) == "accepted");
  CHECK(outcome(fields) == "missing signature");
  SECTION("author") {
    fields.from = as_bytes("a");
    CHECK(outcome(fields, policy) == "unexpected author or sequence number");
  }
  SECTION("an empty number") {
    fields.seqno = bytes_view{};
    CHECK(outcome(fields, policy) == "unexpected author or sequence number");
  }
  SECTION("an empty signature") {
    fields.signature = bytes_view{};
    CHECK(outcome(fields, policy) == "unexpected signature or key");
  }
  SECTION("key") {
    fields.key = as_bytes("k");
    CHECK(outcome(fields, policy) == "unexpected signature or key");
  }
}

TEST_CASE("signing: other encodings of the same message", "[gossip][signing]") {
  const auto signer = signer_of(ed25519_vector);
  const auto msg = signed_by(signer);
  const auto& good = msg->fields();
  const auto only = [](auto set) {
    proto::message_view one;
    set(one);
    return encoded_message(one);
  };
  const auto signature =
      only([&](auto& one) { one.signature = good.signature; });
  auto rest = good;
  rest.signature.reset();
  SECTION("the signature first") {
    auto encoded = signature;
    append(encoded, encoded_message(rest));
    CHECK(outcome_of_bytes(encoded) == "accepted");
  }
  SECTION("a field twice, the last one counts") {
    auto encoded = only([&](auto& one) { one.data = as_bytes("forged"); });
    append(encoded, msg->encoded());
    CHECK(outcome_of_bytes(encoded) == "accepted");
    encoded = to_bytes(msg->encoded());
    append(encoded, only([&](auto& one) { one.data = as_bytes("forged"); }));
    CHECK(outcome_of_bytes(encoded) == "bad signature");
  }
  SECTION("a longer form of a length") {
    auto encoded = encoded_message(rest);
    append(encoded, bytes{0x2a, 0xc0, 0x00});
    append(encoded, *good.signature);
    CHECK(outcome_of_bytes(encoded) == "accepted");
  }
}

TEST_CASE("signing: unknown fields are signed too", "[gossip][signing]") {
  const auto key =
      libp2p::private_key::from_protobuf(from_hex(ed25519_vector.private_key))
          .value();
  const auto signer = signer_of(ed25519_vector);
  const auto msg = signed_by(signer);
  auto rest = msg->fields();
  rest.signature.reset();
  // Field 7 is unknown; protobuf keeps it, after the fields it knows.
  const bytes unknown{0x3a, 0x03, 'n', 'e', 'w', 0x40, 0x07};
  bytes covered = to_bytes(as_bytes("libp2p-pubsub:"));
  append(covered, encoded_message(rest));
  append(covered, unknown);
  proto::message_view only;
  const auto signature = key.sign(covered);
  only.signature = signature;
  const auto signature_field = encoded_message(only);
  for (const bool unknown_first : {false, true}) {
    bytes encoded = unknown_first ? unknown : encoded_message(rest);
    append(encoded, unknown_first ? encoded_message(rest) : unknown);
    append(encoded, signature_field);
    CHECK(outcome_of_bytes(encoded) == "accepted");
  }
  // Without the unknown field it is another message.
  auto encoded = encoded_message(rest);
  append(encoded, signature_field);
  CHECK(outcome_of_bytes(encoded) == "bad signature");
  // And a message signed without it must not grow one.
  encoded = to_bytes(msg->encoded());
  append(encoded, unknown);
  CHECK(outcome_of_bytes(encoded) == "bad signature");
}

TEST_CASE("signing: a verifier that knows the author checks all the same",
          "[gossip][signing]") {
  const auto& vector = any_key();
  const auto signer = signer_of(vector);
  const auto msg = signed_by(signer);
  const auto other_key =
      from_hex(&vector == &ed25519_vector ? secp256k1_vector.public_key
                                          : ed25519_vector.public_key);
  const auto own_key = from_hex(vector.public_key);
  message_verifier verifier;
  const auto check = [&](const proto::message_view& fields) {
    const wire_message wire{encoded_message(fields)};
    const auto result = verifier.verify(wire.view, signing_policy::strict_sign);
    return result ? "accepted" : to_string(result.error());
  };
  for (int round = 0; round < 2; ++round) {
    CHECK(check(msg->fields()) == "accepted");
    auto fields = msg->fields();
    fields.key = other_key;
    CHECK(check(fields) == "bad key");
    fields.key = bytes_view{};
    CHECK(check(fields) == "bad key");
    fields.key = own_key;
    CHECK(check(fields) == "accepted");
    fields.data = as_bytes("forged");
    CHECK(check(fields) == "bad signature");
  }
}

TEST_CASE("signing: a verifier mistakes no author's key for another's",
          "[gossip][signing]") {
  // So many that its memory of keys has places which several share.
  std::vector<message_signer> signers;
  for (std::uint16_t i = 0; i < 200; ++i) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = static_cast<std::uint8_t>(i);
    seed[1] = static_cast<std::uint8_t>(i >> 8);
    signers.emplace_back(libp2p::private_key::ed25519_from_seed(seed));
  }
  message_verifier verifier;
  for (const auto& signer : signers)
    REQUIRE(verifier.verify(signed_by(signer)->fields(),
                            signing_policy::strict_sign));
  // The first one writes messages in the names of all others.
  const auto& forger = signers.front();
  const auto honest = signed_by(forger);
  for (const auto& signer : std::span{signers}.subspan(1)) {
    REQUIRE(verifier.verify(honest->fields(), signing_policy::strict_sign));
    auto forged = honest->fields();
    forged.from = signer.author().view();
    const auto signature = forger.sign(forged);
    forged.signature = signature;
    const wire_message wire{encoded_message(forged)};
    const auto result = verifier.verify(wire.view, signing_policy::strict_sign);
    REQUIRE(error_of(result) == reject_reason::bad_signature);
  }
}

TEST_CASE("signing: messages without signature", "[gossip][signing]") {
  message_fields fields;
  fields.topic = "topic";
  fields.data = as_bytes("data");
  SECTION("without author") {
    const auto msg = build_message(fields, nullptr, default_message_id);
    CHECK(verify(msg->fields(), signing_policy::strict_no_sign));
    CHECK(msg->id().raw().size() == 32);
  }
  SECTION("with author, as go without WithNoAuthor") {
    fields.from = sender(1);
    fields.seqno = 7;
    const auto msg = build_message(fields, nullptr, default_message_id);
    CHECK(msg->author() == sender(1));
    CHECK(decode_seqno(*msg->fields().seqno) == 7u);
    CHECK_FALSE(msg->fields().signature);
  }
}
