#include "libp2p/secure/noise_handshake.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

bytes from_hex(std::string_view text) {
  bytes result;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    result.push_back(static_cast<std::uint8_t>(
        std::stoul(std::string{text.substr(i, 2)}, nullptr, 16)));
  return result;
}

x25519_keypair keys_of(std::string_view hex) {
  auto seed = from_hex(hex);
  return x25519_keypair::from_seed(std::span<const std::uint8_t, 32>{seed});
}

struct message {
  std::string_view payload;
  std::string_view ciphertext;
};

/// A published test vector of Noise_XX_25519_ChaChaPoly_SHA256.
struct vector {
  std::string_view prologue;
  std::string_view init_static;
  std::string_view init_ephemeral;
  std::string_view resp_static;
  std::string_view resp_ephemeral;
  /// Empty where the source has none.
  std::string_view handshake_hash;
  std::vector<message> messages;
};

// From the vectors of the "cacophony" implementation.
vector cacophony() {
  return {
      "4a6f686e2047616c74",
      "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
      "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
      "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
      "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
      "c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e",
      {
          {"4c756477696720766f6e204d69736573",
           "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
           "4c756477696720766f6e204d69736573"},
          {"4d757272617920526f746862617264",
           "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
           "81cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5a8639392490e5b9"
           "bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f"
           "8814c7194e83f23dbd8d162c9326ad"},
          {"462e20412e20486179656b",
           "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a8"
           "0ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a286427402f113e4b6"
           "ae769a1d95941d49b25030"},
          {"4361726c204d656e676572",
           "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df"},
          {"4a65616e2d426170746973746520536179",
           "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07"
           "f5"},
          {"457567656e2042f6686d20766f6e2042617765726b",
           "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3"
           "a58502ae3f"},
      }};
}

// From the vectors of the "snow" implementation.
vector snow() {
  return {
      "5468657265206973206e6f20726967687420616e642077726f6e672e205468657265"
      "2773206f6e6c792066756e20616e6420626f72696e672e",
      "7dec208517a3b81a2861d7a71266d5d6dc944c5a8816634a86fe63198a0148ee",
      "a32daf21e93c0131495ce1d903181fde81cc46937daaeb990bae7c992709421e",
      "4d0aed5098e3b4ef20357e9f686ce66204c792b358da2e475017d6c485304881",
      "4eece0f195d026db035ff987597c429d3ad3bcc2944df37d649528951b2a27c5",
      "",
      {
          {"d03c489139e645d0711a3c9e810d776b46a84912463fafa87b884eebf242dc34",
           "f9fa868ba97ab8a2686deccfaad5a484ee10a5bb85e3d1dce015a84797f92818"
           "d03c489139e645d0711a3c9e810d776b46a84912463fafa87b884eebf242dc34"},
          {"d8190a92f7dc0c93dbea9118ba8055751fb7c6590c416ffbd419964132b99a85",
           "8c4e6fdb7d09d501a86f7eca5c234522751706ed409182c05cdf5f827d4dae47"
           "b81c6c5f43b025692c24391eefee725c17d8cb0fbe3e4abb8aedf42c4fd2592d"
           "4ea48ac08989d6ae8b4adae08b2c34087c808c7aa55a63c02b0fab9e93061233"
           "6bd43eaea04d3c670a0a146691aa9cc9d357872320dc735dbc48580cffb553db"},
          {"77891b19dcb92ef7c055b672c4a5aa7fdf1c84146b8b303459022729473ce254",
           "933ca6b5ed60df3df66121f0ab49a09e49efa45c613a86a3cecbf4c535cef2f8"
           "3f72b42837b18e3572f2fdc2b74c331e2368a545cef54bdca081678ab0e9dd53"
           "48122459e0c034c851984d88ce610963d43cde6cfe73a67fbd5a63e8bfca96d0"},
          {"d7efdf988072881941db045a42882433817555128fbf5663e56081712ec7d212",
           "54ef0ff0629e1aaa7685a2806ab111cba76b52331f2642276736f415868eacb6"
           "9ab2577f3bda0cbf72f879685f6ed25f"},
          {"dd7bf01a588bafb52c6cfba952e5d8fe35cc2b3f92b4730ae2474615157345ce",
           "356be70f110306d5c699bb834bb9d58d909e325924dfbec972e406e6f294dc63"
           "e1daebefe8a62a334facc8048ab4ad66"},
      }};
}

struct pair_of_peers {
  x25519_keypair init_static;
  x25519_keypair resp_static;
  noise_xx initiator;
  noise_xx responder;

  explicit pair_of_peers(const vector& v)
      : init_static{keys_of(v.init_static)}, resp_static{keys_of(
                                                 v.resp_static)},
        initiator{noise_role::initiator, init_static, keys_of(v.init_ephemeral),
                  from_hex(v.prologue)},
        responder{noise_role::responder, resp_static, keys_of(v.resp_ephemeral),
                  from_hex(v.prologue)} {}
};

/// The handshake's messages, both ways, bit for bit.
void check_handshake(const vector& v, pair_of_peers& peers) {
  for (std::size_t i = 0; i < 3; ++i) {
    auto& writer = i == 1 ? peers.responder : peers.initiator;
    auto& reader = i == 1 ? peers.initiator : peers.responder;
    auto payload = from_hex(v.messages[i].payload);
    CHECK(writer.our_turn());
    CHECK_FALSE(reader.our_turn());
    bytes wire;
    REQUIRE(writer.write(payload, wire));
    CHECK(wire == from_hex(v.messages[i].ciphertext));
    bytes read;
    REQUIRE(reader.read(wire, read));
    CHECK(read == payload);
  }
}

/// The transport messages, which the two sides send in turn.
void check_transport(const vector& v, pair_of_peers& peers) {
  auto [init_send, init_receive] = peers.initiator.split();
  auto [resp_send, resp_receive] = peers.responder.split();
  bytes scratch;
  for (std::size_t i = 3; i < v.messages.size(); ++i) {
    // After three handshake messages it is the responder's turn.
    auto from_responder = i % 2 == 1;
    auto& writer = from_responder ? resp_send : init_send;
    auto& reader = from_responder ? init_receive : resp_receive;
    auto payload = from_hex(v.messages[i].payload);
    bytes wire;
    REQUIRE(writer.encrypt(payload, wire));
    auto record = bytes_view{wire}.subspan(noise_cipher::header_size);
    CHECK(equal(record, from_hex(v.messages[i].ciphertext)));
    auto opened = reader.decrypt(record, scratch);
    REQUIRE(opened);
    CHECK(equal(*opened, payload));
  }
}

} // namespace

TEST_CASE("Noise XX matches the published vectors", "[libp2p][noise]") {
  for (const auto& v : {cacophony(), snow()}) {
    pair_of_peers peers{v};
    check_handshake(v, peers);
    REQUIRE(peers.initiator.done());
    REQUIRE(peers.responder.done());
    CHECK(equal(peers.initiator.hash(), peers.responder.hash()));
    if (!v.handshake_hash.empty())
      CHECK(equal(peers.initiator.hash(), from_hex(v.handshake_hash)));
    CHECK(equal(peers.initiator.remote_static(), peers.resp_static.shared));
    CHECK(equal(peers.responder.remote_static(), peers.init_static.shared));
    check_transport(v, peers);
  }
}

TEST_CASE("a handshake message out of turn is malformed", "[libp2p][noise]") {
  auto v = cacophony();
  pair_of_peers peers{v};
  bytes out{1};
  CHECK_FALSE(peers.responder.write({}, out));
  CHECK_FALSE(peers.initiator.read(from_hex(v.messages[1].ciphertext), out));
  CHECK(out == bytes{1});
  check_handshake(v, peers);
  CHECK_FALSE(peers.initiator.write({}, out));
  CHECK_FALSE(peers.responder.read(from_hex(v.messages[2].ciphertext), out));
  CHECK(out == bytes{1});
}

TEST_CASE("a truncated or tampered handshake message fails",
          "[libp2p][noise]") {
  auto v = cacophony();
  auto first = from_hex(v.messages[0].ciphertext);
  auto second = from_hex(v.messages[1].ciphertext);
  for (std::size_t size = 0; size < second.size(); ++size) {
    pair_of_peers peers{v};
    bytes ignored;
    REQUIRE(peers.initiator.write(from_hex(v.messages[0].payload), ignored));
    bytes payload;
    auto read = peers.initiator.read(bytes_view{second}.first(size), payload);
    REQUIRE_FALSE(read);
    CHECK(payload.empty());
    if (size < 32 + 48 + 16)
      CHECK(error_of(read) == noise_error::malformed);
    else
      CHECK(error_of(read) == noise_error::bad_tag);
  }
  for (std::size_t i = 0; i < second.size(); ++i) {
    auto forged = second;
    forged[i] ^= 1;
    pair_of_peers peers{v};
    bytes ignored;
    REQUIRE(peers.initiator.write(from_hex(v.messages[0].payload), ignored));
    auto read = peers.initiator.read(forged, ignored);
    CHECK(error_of(read) == noise_error::bad_tag);
  }
  pair_of_peers peers{v};
  bytes ignored;
  CHECK_FALSE(peers.responder.read(bytes_view{first}.first(31), ignored));
}

TEST_CASE("another prologue makes the handshake fail", "[libp2p][noise]") {
  auto v = cacophony();
  pair_of_peers peers{v};
  noise_xx stranger{
      noise_role::responder, peers.resp_static, keys_of(v.resp_ephemeral), {}};
  bytes first;
  bytes second;
  bytes ignored;
  REQUIRE(peers.initiator.write({}, first));
  REQUIRE(stranger.read(first, ignored));
  REQUIRE(stranger.write({}, second));
  CHECK_FALSE(peers.initiator.read(second, ignored));
}

TEST_CASE("an ephemeral key of low order is refused", "[libp2p][noise]") {
  pair_of_peers peers{cacophony()};
  bytes zero(32);
  bytes payload;
  REQUIRE(peers.responder.read(zero, payload));
  bytes out;
  auto written = peers.responder.write({}, out);
  CHECK(error_of(written) == noise_error::bad_exchange);
  CHECK(out.empty());
}
