#include "libp2p/identity/keys.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using namespace std::string_literals;

namespace {

constexpr std::array all_types{key_type::rsa, key_type::ed25519,
                               key_type::secp256k1, key_type::ecdsa};

private_key read_private(std::string_view hex) {
  return private_key::from_protobuf(from_hex(hex)).value();
}

public_key read_public(std::string_view hex) {
  return public_key::from_protobuf(from_hex(hex)).value();
}

key_error public_error(const bytes& encoded) {
  return error_of(public_key::from_protobuf(encoded));
}

key_error private_error(const bytes& encoded) {
  return error_of(private_key::from_protobuf(encoded));
}

} // namespace

TEST_CASE("keys: a private key gives the public key of the specification",
          "[libp2p][keys]") {
  const auto vector =
      GENERATE(ed25519_vector, secp256k1_vector, ecdsa_vector, rsa_vector);
  INFO(vector.name);
  const auto key = read_private(vector.private_key);
  CHECK(to_hex(key.public_part().to_protobuf()) == vector.public_key);
  CHECK(to_hex(key.to_protobuf()) == vector.private_key);
  CHECK(key.public_part() == read_public(vector.public_key));
}

TEST_CASE("keys: a signature of go-libp2p verifies", "[libp2p][keys]") {
  const auto vector =
      GENERATE(go_secp256k1_signature, go_ecdsa_signature, go_rsa_signature);
  INFO(vector.name);
  const auto key = read_public(vector.public_key);
  const auto signature = from_hex(vector.signature);
  CHECK(key.verify(as_bytes(go_signed_message), signature));
  CHECK_FALSE(key.verify(as_bytes("Libp2p is the _worst_!"), signature));
  CHECK(read_private(vector.private_key).public_part() == key);
}

TEST_CASE("keys: Ed25519 follows RFC 8032", "[libp2p][keys]") {
  // Section 7.1, test 3.
  const auto seed = from_hex(
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  const auto key = private_key::ed25519_from_seed(bytes_view{seed}.first<32>());
  CHECK(to_hex(key.public_part().raw())
        == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  CHECK(to_hex(key.sign(from_hex("af82")))
        == "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
           "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

TEST_CASE("keys: a new key signs and survives its protobufs",
          "[libp2p][keys]") {
  const auto type = GENERATE(from_range(all_types));
  INFO(to_string(type));
  const auto key = private_key::generate(type);
  CHECK(key.public_part().type() == type);
  const auto copy = private_key::from_protobuf(key.to_protobuf()).value();
  CHECK(copy.public_part() == key.public_part());
  const auto pub =
      public_key::from_protobuf(key.public_part().to_protobuf()).value();
  for (const auto* text : {"", "a", "some message"}) {
    const auto signature = copy.sign(as_bytes(text));
    CHECK(pub.verify(as_bytes(text), signature));
    CHECK_FALSE(pub.verify(as_bytes("another message"), signature));
  }
}

TEST_CASE("keys: a changed, cut or missing signature does not verify",
          "[libp2p][keys]") {
  const auto type = GENERATE(from_range(all_types));
  INFO(to_string(type));
  const auto key = private_key::generate(type);
  const auto& pub = key.public_part();
  const auto message = as_bytes("message");
  auto signature = key.sign(message);
  const bytes cut{signature.begin(), signature.end() - 1};
  CHECK_FALSE(pub.verify(message, cut));
  CHECK_FALSE(pub.verify(message, {}));
  auto longer = signature;
  longer.push_back(0);
  CHECK_FALSE(pub.verify(message, longer));
  signature[signature.size() / 2] ^= 1;
  CHECK_FALSE(pub.verify(message, signature));
  CHECK_FALSE(private_key::generate(type).public_part().verify(
      message, key.sign(message)));
}

TEST_CASE("keys: secp256k1 signs as go-libp2p does", "[libp2p][keys]") {
  // Its nonce follows from the key and the message (RFC 6979).
  const auto key = read_private(go_secp256k1_signature.private_key);
  CHECK(to_hex(key.sign(as_bytes(go_signed_message)))
        == go_secp256k1_signature.signature);
}

TEST_CASE("keys: secp256k1 signatures have the smaller s", "[libp2p][keys]") {
  const auto key = read_private(secp256k1_vector.private_key);
  for (int i = 0; i < 16; ++i) {
    const auto message = "message " + std::to_string(i);
    const auto signature = key.sign(as_bytes(message));
    // SEQUENCE { INTEGER r, INTEGER s }: a large s has its top bit set, hence
    // a byte of zeros in front and 33 bytes in all.
    const std::size_t r_size = signature[3];
    const std::size_t s_size = signature[5 + r_size];
    CHECK(s_size <= 32);
    CHECK(signature.size() == 6 + r_size + s_size);
    CHECK(signature[1] == signature.size() - 2);
    CHECK(key.public_part().verify(as_bytes(message), signature));
  }
}

TEST_CASE("keys: a secp256k1 signature may have either s", "[libp2p][keys]") {
  const auto key = read_public(go_secp256k1_signature.public_key);
  // That of go with the order less its s.
  const auto larger = from_hex(
      "3045022031a7d633c2f3e45a16128d43751afaa8dc9ba24092c5f5b3cad2c8fe4cf388f2"
      "022100b61572de60ba797c2db88a2abc15704c2a3e999eb41356ff7f969bca7683a3a3");
  CHECK(key.verify(as_bytes(go_signed_message), larger));
  CHECK_FALSE(key.verify(as_bytes("another message"), larger));
}

TEST_CASE("keys: a secp256k1 signature has one encoding", "[libp2p][keys]") {
  const auto key = read_public(go_secp256k1_signature.public_key);
  const std::string r =
      "31a7d633c2f3e45a16128d43751afaa8dc9ba24092c5f5b3cad2c8fe4cf388f2";
  const std::string s =
      "49ea8d219f458683d24775d543ea8fb290704347fb35493c403bc2c259b29d9e";
  const std::string larger_s =
      "b61572de60ba797c2db88a2abc15704c2a3e999eb41356ff7f969bca7683a3a3";
  const auto verifies = [&](const std::string& hex) {
    return key.verify(as_bytes(go_signed_message), from_hex(hex));
  };
  CHECK(verifies("30440220" + r + "0220" + s));
  for (const auto& hex :
       {// Something behind s, within and behind the sequence.
        "30450220" + r + "0220" + s + "00", "30440220" + r + "0220" + s + "00",
        // r and s padded.
        "3045022100" + r + "0220" + s, "30450220" + r + "022100" + s,
        // Longer forms of lengths.
        "3081440220" + r + "0220" + s, "3045028120" + r + "0220" + s,
        // A negative s.
        "30440220" + r + "0220" + larger_s,
        // No r, and no s.
        "302402000220" + s, "30240220" + r + "0200", std::string{"3000"}}) {
    INFO(hex);
    CHECK_FALSE(verifies(hex));
  }
}

TEST_CASE("keys: other encodings of the protobuf are read and made canonical",
          "[libp2p][keys]") {
  const auto canonical = from_hex(ed25519_vector.public_key);
  const auto type = bytes{0x08, 0x01};
  const auto data = bytes{canonical.begin() + 2, canonical.end()};
  bytes swapped = data;
  append(swapped, type);
  bytes unknown_field{0x1a, 0x01, 0xff, 0x20, 0x05};
  append(unknown_field, canonical);
  bytes long_varint{0x08, 0x81, 0x00};
  append(long_varint, data);
  bytes repeated{0x08, 0x00};
  append(repeated, canonical);
  for (const auto& encoded : {swapped, unknown_field, long_varint, repeated}) {
    const auto key = public_key::from_protobuf(encoded);
    REQUIRE(key);
    CHECK(key->to_protobuf() == canonical);
  }
}

TEST_CASE("keys: what is not a key's protobuf is malformed", "[libp2p][keys]") {
  for (const auto* hex :
       {"", "08", "0801", "080112", "08011201", "1220", "ff", "0801120100ff",
        "08ffffffffffffffffffffff01", "0b01", "00", "12ffffffffffffffffff01"}) {
    INFO(hex);
    CHECK(public_error(from_hex(hex)) == key_error::malformed);
    CHECK(private_error(from_hex(hex)) == key_error::malformed);
  }
}

TEST_CASE("keys: unknown types are told apart", "[libp2p][keys]") {
  CHECK(public_error(from_hex("08041200")) == key_error::unknown_type);
  CHECK(private_error(from_hex("08ff0112020000")) == key_error::unknown_type);
}

TEST_CASE("keys: data of the wrong size or kind are bad keys",
          "[libp2p][keys]") {
  const auto almost_ed25519 = "0801121f" + std::string(62, '0');
  for (const auto& hex :
       {std::string{"08001200"}, std::string{"08011200"},
        std::string{"08021200"}, std::string{"08031200"}, almost_ed25519}) {
    INFO(hex);
    CHECK(public_error(from_hex(hex)) == key_error::bad_key);
    CHECK(private_error(from_hex(hex)) == key_error::bad_key);
  }
  // The right data under another type's number.
  auto ecdsa_as_rsa = from_hex(ecdsa_vector.public_key);
  ecdsa_as_rsa[1] = 0;
  CHECK(public_error(ecdsa_as_rsa) == key_error::bad_key);
  auto rsa_as_ecdsa = from_hex(rsa_vector.public_key);
  rsa_as_ecdsa[1] = 3;
  CHECK(public_error(rsa_as_ecdsa) == key_error::bad_key);
}

TEST_CASE("keys: a point must lie on secp256k1", "[libp2p][keys]") {
  auto encoded = from_hex(secp256k1_vector.public_key);
  encoded[4] = 0x04;
  CHECK(public_error(encoded) == key_error::bad_key);
  encoded = from_hex(
      "08021221020000000000000000000000000000000000000000000000000000000000"
      "000005");
  CHECK(public_error(encoded) == key_error::bad_key);
}

TEST_CASE("keys: a point of secp256k1 is compressed", "[libp2p][keys]") {
  // The generator, in both forms.
  const auto x =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"s;
  const auto y =
      "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"s;
  const auto read = [](const std::string& hex) {
    return public_key::from_raw(key_type::secp256k1, from_hex(hex));
  };
  CHECK(read("02" + x));
  CHECK(error_of(read("04" + x + y)) == key_error::bad_key);
  CHECK(error_of(read("06" + x + y)) == key_error::bad_key);
}

TEST_CASE("keys: a secp256k1 secret lies within the group's order",
          "[libp2p][keys]") {
  CHECK(private_error(from_hex("0802122000000000000000000000000000000000000000"
                               "00000000000000000000000000"))
        == key_error::bad_key);
  CHECK(private_error(from_hex("08021220fffffffffffffffffffffffffffffffebaaedc"
                               "e6af48a03bbfd25e8cd0364141"))
        == key_error::bad_key);
  CHECK(private_key::from_protobuf(from_hex(
      "08021220fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8c"
      "d0364140")));
}

TEST_CASE("keys: the deprecated Ed25519 form repeats the public key",
          "[libp2p][keys]") {
  const auto canonical = from_hex(ed25519_vector.private_key);
  bytes deprecated{0x08, 0x01, 0x12, 0x60};
  deprecated.insert(deprecated.end(), canonical.begin() + 4, canonical.end());
  deprecated.insert(deprecated.end(), canonical.end() - 32, canonical.end());
  CHECK(private_key::from_protobuf(deprecated).value().to_protobuf()
        == canonical);
  deprecated.back() ^= 1;
  CHECK(private_error(deprecated) == key_error::bad_key);
}

TEST_CASE("keys: an Ed25519 seed with a foreign public key is refused",
          "[libp2p][keys]") {
  auto encoded = from_hex(ed25519_vector.private_key);
  encoded.back() ^= 1;
  CHECK(private_error(encoded) == key_error::bad_key);
}

TEST_CASE("keys: an ECDSA secret with a foreign public key is refused",
          "[libp2p][keys]") {
  auto encoded = from_hex(ecdsa_vector.private_key);
  const auto other = from_hex(go_ecdsa_signature.private_key);
  std::copy(other.end() - 64, other.end(), encoded.end() - 64);
  CHECK(private_error(encoded) == key_error::bad_key);
}

TEST_CASE("keys: DER with something behind it is refused", "[libp2p][keys]") {
  for (const auto type : {key_type::rsa, key_type::ecdsa}) {
    const auto key = private_key::generate(type);
    auto raw = to_bytes(key.public_part().raw());
    CHECK(public_key::from_raw(type, raw));
    raw.push_back(0);
    CHECK(error_of(public_key::from_raw(type, raw)) == key_error::bad_key);
  }
}

TEST_CASE("keys: an ECDSA point must be uncompressed", "[libp2p][keys]") {
  // The key of the specification with its point compressed: the same key would
  // have two peer ids.
  const auto compressed =
      from_hex("3039301306072a8648ce3d020106082a8648ce3d03010703220002de3d300fa"
               "36ae0e8f5d5"
               "30899d83abab44abf3161f162a4bc901d8e6ecda020e");
  CHECK(error_of(public_key::from_raw(key_type::ecdsa, compressed))
        == key_error::bad_key);
}

TEST_CASE("keys: curves below 224 bits are refused", "[libp2p][keys]") {
  // prime192v1, made with OpenSSL.
  const auto small = from_hex(
      "3049301306072a8648ce3d020106082a8648ce3d03010103320004b60b9828717a"
      "2abab8ff9c876719fabd9c8084daf6674037d5e5601351affc8165b1ab36e1c394"
      "d4efe67f8adfe1bc82");
  CHECK(error_of(public_key::from_raw(key_type::ecdsa, small))
        == key_error::bad_key);
}

TEST_CASE("keys: P-224, P-384 and P-521 are read", "[libp2p][keys]") {
  for (const auto* hex :
       {"304e301006072a8648ce3d020106052b81040021033a000453682b40f7cbe8d46b"
        "6a395a903165bae46a73810af566b605a6817101336b13fac805decd43d6fa5d20"
        "2d79ee056b9b486405153ae4a1a1",
        "3076301006072a8648ce3d020106052b8104002203620004c9b82bd650bd279cbe"
        "0475c1e3680aa61190bc86b6ff69d59f45aea6e6eac1f552da37b97ba46ce36d2a"
        "85ff8f4badf8a0e448c03e05b8b6027e3a996f06b044f591a36440823cae138f45"
        "334bf3044f91a5efebd2469fe9d781df419b84d7b6",
        "30819b301006072a8648ce3d020106052b810400230381860004017746af0c71e3"
        "3238495140725446d6321089539849f23727ae2a2d97fb05b339d8f95ecb4b30b0"
        "fc3f4d05fc90ca6b3e8f3d7a65ad1f5869dc904e6dfe4854347600abae8168b739"
        "af6f499160abe74ab5d791715ba005456023aff7f273e2cefe5e3d44c26a11199d"
        "b073ef10b6a56f4f3b4bf63129cc25b97a1a9b77cbc1bcf06a02"}) {
    const auto raw = from_hex(hex);
    const auto key = public_key::from_raw(key_type::ecdsa, raw);
    REQUIRE(key);
    CHECK(equal(key->raw(), raw));
  }
}

TEST_CASE("keys: curves given by parameters are refused", "[libp2p][keys]") {
  const auto raw = from_hex(
      "3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d01"
      "01022100ffffffff00000001000000000000000000000000ffffffffffffffffff"
      "ffffff305b0420ffffffff00000001000000000000000000000000ffffffffffff"
      "fffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63b"
      "ce3c3e27d2604b031500c49d360886e704936a6678e1139d26b7819f7e90044104"
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964f"
      "e342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f50221"
      "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
      "02010103420004996fe418abbc0dc73aeb7cca24660edecc7df4625565e7f53c36"
      "2c4830329927ce7a4100da54c4bb7fea216d5fc5cc715af2589de8a09f52abe65c"
      "4f3de21a6a");
  CHECK(error_of(public_key::from_raw(key_type::ecdsa, raw))
        == key_error::bad_key);
}

TEST_CASE("keys: RSA has 2048 to 8192 bits", "[libp2p][keys]") {
  const auto small = from_hex(
      "30819f300d06092a864886f70d010101050003818d0030818902818100b272bc2a"
      "0c5a7d9cbe316515108f97383e31f59e5ff7f7e811e8c8a815f2a6d86e88ca73c6"
      "f457fa12a03d8172ea997fc33891651f7626aa35712170f3a0c5a1287e175c9ff4"
      "f179f1c2ceb78096650bfcf6536276c1d29b5d3c1c6813c5d1255db2198cc279ec"
      "2e4799185761e56b9eb9bf555fa3c49ffe9085ca564e42b5510203010001");
  CHECK(error_of(public_key::from_raw(key_type::rsa, small))
        == key_error::bad_key);
  // A modulus of 8193 bits and the exponent 65537.
  auto large = from_hex("30820423300d06092a864886f70d01010105000382041000308204"
                        "0b0282040201");
  large.insert(large.end(), 1024, 0xff);
  append(large, from_hex("0203010001"));
  CHECK(error_of(public_key::from_raw(key_type::rsa, large))
        == key_error::bad_key);
}

TEST_CASE("keys: an RSA exponent is odd and below 2^31", "[libp2p][keys]") {
  const auto with_exponent = [](std::string_view hex) {
    const auto exponent = from_hex(hex);
    const auto size = static_cast<std::uint8_t>(exponent.size());
    const auto canonical = from_hex(go_rsa_signature.public_key);
    // Protobuf header 5 bytes; SPKI; the exponent is the last five bytes.
    bytes raw{canonical.begin() + 5, canonical.end() - 4};
    raw.push_back(size);
    append(raw, exponent);
    // The lengths of the SPKI, the bit string and the RSAPublicKey.
    for (const std::size_t at : {3u, 22u, 27u})
      raw[at] = static_cast<std::uint8_t>(raw[at] + size - 3);
    return raw;
  };
  CHECK(public_key::from_raw(key_type::rsa, with_exponent("010001")));
  CHECK(public_key::from_raw(key_type::rsa, with_exponent("7fffffff")));
  for (const auto* exponent : {"0080000001", "010000", "01", "00"}) {
    INFO(exponent);
    CHECK_FALSE(public_key::from_raw(key_type::rsa, with_exponent(exponent)));
  }
}
