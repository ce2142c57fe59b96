#include "libp2p/services/identify.hpp"
#include "proto/identity.pb.h"
#include "proto/varint.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

multiaddr addr(std::string_view text) {
  auto result = multiaddr::from_text(text);
  REQUIRE(result);
  return *result;
}

identify_info small_info() {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(7);
  identify_info info;
  info.key = private_key::ed25519_from_seed(seed).public_part();
  info.listen_addrs = {addr("/ip4/10.0.0.1/tcp/4001"), addr("/ip6/::1/tcp/1")};
  info.protocols = {"/ipfs/id/1.0.0", "/meshsub/1.2.0"};
  info.observed_addr = addr("/ip4/192.0.2.1/tcp/999");
  info.protocol_version = "ipfs/0.1.0";
  info.agent_version = "grapevine/0.1.0";
  info.signed_peer_record = bytes(100, 0xab);
  return info;
}

void check_same(const identify_info& a, const identify_info& b) {
  CHECK(a.key == b.key);
  CHECK(a.listen_addrs == b.listen_addrs);
  CHECK(a.protocols == b.protocols);
  CHECK(a.observed_addr == b.observed_addr);
  CHECK(a.protocol_version == b.protocol_version);
  CHECK(a.agent_version == b.agent_version);
  CHECK(a.signed_peer_record == b.signed_peer_record);
}

bytes framed(const pb::Identify& message) {
  bytes result;
  append_varint(result, message.ByteSizeLong());
  append(result, as_bytes(message.SerializeAsString()));
  return result;
}

/// The messages of `encoded`, without their lengths.
std::vector<pb::Identify> messages_in(bytes_view encoded) {
  std::vector<pb::Identify> result;
  while (!encoded.empty()) {
    auto length = read_varint(encoded);
    REQUIRE(length.size > 0);
    encoded = encoded.subspan(length.size);
    REQUIRE(result.emplace_back().ParseFromArray(
        encoded.data(), static_cast<int>(length.value)));
    encoded = encoded.subspan(length.value);
  }
  return result;
}

expected<identify_info, identify_error> read_in_chunks(bytes_view encoded,
                                                       std::size_t step) {
  identify_reader reader;
  for (; !encoded.empty();
       encoded = encoded.subspan(std::min(step, encoded.size())))
    if (auto fed = reader.feed(encoded.first(std::min(step, encoded.size())));
        !fed)
      return unexpected{fed.error()};
  return reader.finish();
}

} // namespace

TEST_CASE("identify survives the wire at any chunking", "[libp2p][identify]") {
  auto info = small_info();
  auto encoded = encode_identify(info);
  CHECK(messages_in(encoded).size() == 1);
  for (std::size_t step : {std::size_t{1}, std::size_t{3}, encoded.size()}) {
    auto read = read_in_chunks(encoded, step);
    REQUIRE(read);
    check_same(*read, info);
  }
}

TEST_CASE("a large identify is split, its record last", "[libp2p][identify]") {
  auto info = small_info();
  info.signed_peer_record = bytes(2000, 0xcd);
  auto messages = messages_in(encode_identify(info));
  REQUIRE(messages.size() == 2);
  CHECK_FALSE(messages[0].has_signedpeerrecord());
  CHECK(messages[0].listenaddrs_size() == 2);
  CHECK(messages[0].protocols_size() == 2);
  CHECK(messages[1].signedpeerrecord().size() == 2000);
  CHECK_FALSE(messages[1].has_publickey());
  auto read = read_in_chunks(encode_identify(info), 1000);
  REQUIRE(read);
  check_same(*read, info);
}

TEST_CASE("no message is longer than rust reads", "[libp2p][identify]") {
  auto info = small_info();
  for (auto i = 0; i < 300; ++i)
    info.protocols.push_back("/some/longer/protocol/name/" + std::to_string(i));
  for (auto i = 0; i < 100; ++i)
    info.listen_addrs.push_back(
        addr("/ip4/10.0.0.1/tcp/" + std::to_string(i + 1)));
  auto messages = messages_in(encode_identify(info));
  CHECK(messages.size() == 4);
  CHECK(messages.front().has_publickey());
  CHECK(messages.front().agentversion() == info.agent_version);
  for (const auto& message : messages)
    CHECK(message.ByteSizeLong() <= 4096);
  auto read = read_in_chunks(encode_identify(info), 700);
  REQUIRE(read);
  check_same(*read, info);
}

TEST_CASE("later messages add to lists and replace values",
          "[libp2p][identify]") {
  pb::Identify first;
  first.set_agentversion("old");
  first.set_protocolversion("kept");
  first.add_protocols("/a");
  pb::Identify second;
  second.set_agentversion("new");
  second.add_protocols("/b");
  identify_reader reader;
  CHECK_FALSE(reader.complete());
  REQUIRE(reader.feed(framed(first)));
  CHECK(reader.complete());
  REQUIRE(reader.feed(framed(second)));
  auto info = reader.finish();
  REQUIRE(info);
  CHECK(info->agent_version == "new");
  CHECK(info->protocol_version == "kept");
  CHECK(info->protocols == std::vector<std::string>{"/a", "/b"});
}

TEST_CASE("what cannot be decoded is left out", "[libp2p][identify]") {
  pb::Identify message;
  message.set_publickey("no key");
  message.add_listenaddrs("\xff\xff");
  message.add_listenaddrs("");
  auto good = addr("/ip4/1.2.3.4/tcp/5");
  message.add_listenaddrs(good.binary().data(), good.binary().size());
  message.set_observedaddr("\xff");
  auto encoded = framed(message);
  auto read = read_in_chunks(encoded, 1000);
  REQUIRE(read);
  CHECK_FALSE(read->key);
  CHECK_FALSE(read->observed_addr);
  CHECK(read->listen_addrs == std::vector{good});
}

TEST_CASE("unknown fields do no harm", "[libp2p][identify]") {
  pb::Identify message;
  message.set_agentversion("x");
  auto body = message.SerializeAsString() + "\xa2\x06\x03two";
  bytes encoded;
  append_varint(encoded, body.size());
  append(encoded, as_bytes(body));
  auto read = read_in_chunks(encoded, 1000);
  REQUIRE(read);
  CHECK(read->agent_version == "x");
}

TEST_CASE("an identify may be empty, but not absent or cut short",
          "[libp2p][identify]") {
  CHECK(read_in_chunks(bytes{0}, 1));
  CHECK(error_of(read_in_chunks({}, 1)) == identify_error::truncated);
  auto encoded = encode_identify(small_info());
  for (std::size_t size = 1; size < encoded.size(); ++size)
    REQUIRE(error_of(read_in_chunks(bytes_view{encoded}.first(size), 1000))
            == identify_error::truncated);
}

TEST_CASE("an identify is complete between two messages, not within one",
          "[libp2p][identify]") {
  const auto encoded = encode_identify(small_info());
  identify_reader reader;
  CHECK_FALSE(reader.complete());
  REQUIRE(reader.feed(encoded));
  CHECK(reader.complete());
  const auto length = read_varint(encoded).size;
  REQUIRE(reader.feed(bytes_view{encoded}.first(length)));
  CHECK_FALSE(reader.complete());
  REQUIRE(reader.feed(bytes_view{encoded}.subspan(length)));
  CHECK(reader.complete());
}

TEST_CASE("a malformed identify is an error and stays one",
          "[libp2p][identify]") {
  for (const auto& in :
       {bytes{1, 0xff}, bytes{0x80, 0x00}, bytes{2, 0x0a, 9}}) {
    identify_reader reader;
    auto fed = reader.feed(in);
    CHECK(error_of(fed) == identify_error::malformed);
    CHECK_FALSE(reader.feed(encode_identify(small_info())));
    CHECK_FALSE(reader.complete());
    CHECK(error_of(reader.finish()) == identify_error::malformed);
  }
}

TEST_CASE("sizes and counts are bounded", "[libp2p][identify]") {
  session_limits limits;
  limits.max_identify_message = 100;
  limits.max_identify_total = 150;
  limits.max_identify_messages = 3;
  limits.max_identify_addresses = 1;
  limits.max_identify_protocols = 2;

  identify_reader large{limits};
  CHECK(error_of(large.feed(bytes{101})) == identify_error::too_large);

  pb::Identify message;
  message.set_agentversion(std::string(90, 'x'));
  identify_reader total{limits};
  REQUIRE(total.feed(framed(message)));
  CHECK(error_of(total.feed(framed(message))) == identify_error::too_large);

  identify_reader many{limits};
  REQUIRE(many.feed(bytes{0, 0, 0}));
  CHECK(error_of(many.feed(bytes{0})) == identify_error::too_large);

  message.Clear();
  auto one = addr("/ip4/1.2.3.4/tcp/5");
  for (auto i = 0; i < 3; ++i) {
    message.add_protocols("/p");
    message.add_listenaddrs(one.binary().data(), one.binary().size());
  }
  identify_reader counts{limits};
  REQUIRE(counts.feed(framed(message)));
  auto info = counts.finish();
  REQUIRE(info);
  CHECK(info->protocols.size() == 2);
  CHECK(info->listen_addrs.size() == 1);
}
