#include "gossip/message/message_id.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "tests/support/hash_collisions.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

template <class Hash>
std::size_t distinct(const std::vector<std::string>& texts, Hash hash) {
  std::set<std::uint64_t> seen;
  for (const auto& text : texts)
    seen.insert(hash(text));
  return seen.size();
}

} // namespace

TEST_CASE("keyed_hash: is SipHash-2-4", "[libp2p][keyed_hash]") {
  // Its authors' vectors: the key is 00 01 … 0f, the data 00 01 … of each size.
  hash_key key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::uint8_t>(i);
  CHECK(keyed_hash("", key) == 0x726f'db47'dd0e'0e31);
  std::string data;
  for (char c = 0; c < 15; ++c)
    data.push_back(c);
  CHECK(keyed_hash(data, key) == 0xa129'ca61'49be'45e5);
}

TEST_CASE("keyed_hash: texts that collide under every seed of the standard "
          "library's hash do not under any key",
          "[libp2p][keyed_hash]") {
  const auto texts = test::texts_colliding_under_any_seed(10);
  REQUIRE(std::set<std::string>(texts.begin(), texts.end()).size() == 1024);
#ifdef __GLIBCXX__
  // The set is what it claims to be.
  for (const std::size_t seed : {0U, 1U, 0xc70f'6907U, 0xffff'ffffU})
    CHECK(distinct(texts,
                   [&](const std::string& text) {
                     return std::_Hash_bytes(text.data(), text.size(), seed);
                   })
          == 1);
#endif
  for (std::uint8_t number = 0; number < 4; ++number) {
    hash_key key;
    key.fill(number);
    CHECK(
        distinct(texts,
                 [&](const std::string& text) { return keyed_hash(text, key); })
        == 1024);
  }
  CHECK(distinct(texts, keyed_string_hash{}) == 1024);
  CHECK(distinct(texts,
                 [](const std::string& text) {
                   return gossip::message_id{text}.hash();
                 })
        == 1024);
}

TEST_CASE("keyed_hash: texts made to collide under the standard library's hash "
          "do not",
          "[libp2p][keyed_hash]") {
  const auto texts = test::colliding_texts(1024);
#ifdef __GLIBCXX__
  CHECK(distinct(texts, std::hash<std::string>{}) == 1);
#endif
  CHECK(distinct(texts, keyed_string_hash{}) == 1024);
  CHECK(distinct(test::harmless_texts(1024), std::hash<std::string>{}) == 1024);
}

TEST_CASE("keyed_hash: what others choose is hashed with the process's key",
          "[libp2p][keyed_hash]") {
  const std::string raw = "\x12\x20" + std::string(32, 'x');
  const auto peer = peer_id::from_bytes(as_bytes(raw)).value();
  CHECK(std::hash<peer_id>{}(peer) == keyed_hash(raw));
  CHECK(gossip::message_id{raw}.hash() == keyed_hash(raw));
  CHECK(gossip::message_id_hash{}(raw) == keyed_hash(raw));
  const auto address =
      ip_address::of(*multiaddr::from_text("/ip4/192.0.2.1/tcp/4001"));
  REQUIRE(address);
  CHECK(std::hash<ip_address>{}(*address)
        == keyed_hash(as_text(address->raw())));
  // Another key than any that is known.
  hash_key zero{};
  CHECK(keyed_hash(raw) != keyed_hash(raw, zero));
}
