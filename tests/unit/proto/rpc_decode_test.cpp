#include "proto/rpc.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;
using namespace grapevine::proto;
using namespace grapevine::test;

namespace {

/// A field with a length: `tag` is its first byte.
std::string field(char tag, const std::string& content) {
  bytes length;
  for (auto size = content.size();; size >>= 7)
    if (size < 0x80) {
      length.push_back(static_cast<std::uint8_t>(size));
      break;
    } else {
      length.push_back(static_cast<std::uint8_t>(size | 0x80));
    }
  return tag + std::string{as_text(length)} + content;
}

std::string times(std::size_t count, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += text;
  return out;
}

rpc decoded(const std::string& encoded) {
  return decode_rpc(as_bytes(encoded), rpc_limits{}).value();
}

rpc_error error_of(const std::string& encoded, const rpc_limits& limits = {}) {
  const auto result = decode_rpc(as_bytes(encoded), limits);
  REQUIRE_FALSE(result);
  return result.error();
}

const std::string test_extension_tag = "\x90\x91\xe2\x18"; // 6492434, varint
const std::string test_message_tag = "\x92\x91\xe2\x18";   // delimited

} // namespace

TEST_CASE("rpc: nothing is an RPC without content", "[proto][rpc]") {
  const auto r = decoded("");
  CHECK(r.subscriptions.empty());
  CHECK(r.messages.empty());
  CHECK(r.control.empty());
}

TEST_CASE("rpc: a message is seen in place", "[proto][rpc]") {
  const std::string message = field('\x0a', "author") + field('\x12', "data")
                              + field('\x1a', "12345678") + field('\x22', "t")
                              + field('\x2a', "sig") + field('\x32', "key");
  const std::string encoded = field('\x12', message);
  const auto r = decoded(encoded);
  REQUIRE(r.messages.size() == 1);
  const auto& msg = r.messages[0];
  CHECK(as_text(msg.encoded) == message);
  CHECK(as_text(msg.encoded).data() == encoded.data() + 2);
  CHECK(as_text(msg.from.value()) == "author");
  CHECK(as_text(msg.data.value()) == "data");
  CHECK(as_text(msg.seqno.value()) == "12345678");
  CHECK(msg.topic == "t");
  CHECK(msg.has_topic);
  CHECK(as_text(msg.signature.value()) == "sig");
  CHECK(as_text(msg.key.value()) == "key");
  CHECK(msg.canonical);
}

TEST_CASE("rpc: an absent field differs from an empty one", "[proto][rpc]") {
  const auto r = decoded(field('\x12', "") + field('\x12', field('\x12', "")));
  REQUIRE(r.messages.size() == 2);
  CHECK_FALSE(r.messages[0].data);
  CHECK_FALSE(r.messages[0].has_topic);
  CHECK(r.messages[0].canonical);
  REQUIRE(r.messages[1].data);
  CHECK(r.messages[1].data->empty());
}

TEST_CASE("rpc: what makes a message other than canonical", "[proto][rpc]") {
  const auto canonical = [](const std::string& message) {
    const auto msg = decode_message(as_bytes(message));
    REQUIRE(msg);
    return msg->canonical;
  };
  const std::string from = field('\x0a', "a");
  const std::string data = field('\x12', "d");
  CHECK(canonical(from + data));
  CHECK_FALSE(canonical(data + from));
  CHECK_FALSE(canonical(from + from));
  CHECK_FALSE(canonical(from + field('\x3a', "unknown")));
  CHECK_FALSE(canonical(std::string{"\x0a\x81\x00"
                                    "a",
                                    4}));
  CHECK_FALSE(canonical(std::string{"\x8a\x00\x01"
                                    "a",
                                    4}));
}

TEST_CASE("rpc: the last of a repeated scalar wins", "[proto][rpc]") {
  const auto msg = decode_message(as_bytes(std::string_view{"\x22\x01"
                                                            "a"
                                                            "\x22\x01"
                                                            "b"}));
  CHECK(msg.value().topic == "b");
  const auto r = decoded(field('\x0a', "\x08\x01\x12\x01"
                                       "a"
                                       "\x08"
                                           + std::string(1, '\0')));
  CHECK_FALSE(r.subscriptions.at(0).subscribe);
}

TEST_CASE("rpc: subscriptions", "[proto][rpc]") {
  const auto r = decoded(field('\x0a', "\x08\x01" + field('\x12', "news"))
                         + field('\x0a', field('\x12', "old"))
                         + field('\x0a', "\x08\x01\x18\x01\x20\x01"));
  REQUIRE(r.subscriptions.size() == 3);
  CHECK(r.subscriptions[0].subscribe);
  CHECK(r.subscriptions[0].topic == "news");
  CHECK_FALSE(r.subscriptions[0].requests_partial);
  CHECK_FALSE(r.subscriptions[1].subscribe); // absent
  CHECK(r.subscriptions[2].requests_partial);
  CHECK(r.subscriptions[2].supports_partial);
}

TEST_CASE("rpc: control, merged over its occurrences", "[proto][rpc]") {
  const auto iwant = field('\x12', field('\x0a', "id1") + field('\x0a', "id2"));
  const auto ihave = field('\x0a', field('\x0a', "t") + field('\x12', "id3"));
  const auto graft = field('\x1a', field('\x0a', "g"));
  const auto idontwant = field('\x2a', field('\x0a', "id4"));
  const auto r = decoded(field('\x1a', ihave + iwant)
                         + field('\x1a', graft + iwant + idontwant));
  const auto& c = r.control;
  REQUIRE(c.ihaves.size() == 1);
  CHECK(c.ihaves[0].topic == "t");
  CHECK(c.ihaves[0].ids == std::vector<std::string>{"id3"});
  CHECK(c.iwant == std::vector<std::string>{"id1", "id2", "id1", "id2"});
  CHECK(c.grafts == std::vector<std::string>{"g"});
  CHECK(c.idontwant == std::vector<std::string>{"id4"});
  CHECK_FALSE(c.ext);
}

TEST_CASE("rpc: a PRUNE with its backoff and peers", "[proto][rpc]") {
  const auto peer =
      field('\x12', field('\x0a', "peer") + field('\x12', "record"));
  const auto r = decoded(
      field('\x1a', field('\x22', field('\x0a', "t") + peer + "\x18\x3c")
                        + field('\x22', field('\x0a', "u"))));
  REQUIRE(r.control.prunes.size() == 2);
  const auto& p = r.control.prunes[0];
  CHECK(p.topic == "t");
  REQUIRE(p.peers.size() == 1);
  CHECK(p.peers[0].id == "peer");
  CHECK(p.peers[0].signed_record == "record");
  CHECK(p.backoff == std::chrono::seconds{60});
  CHECK_FALSE(r.control.prunes[1].backoff);
}

TEST_CASE("rpc: a backoff of ages is cut", "[proto][rpc]") {
  const auto r = decoded(
      field('\x1a', field('\x22', "\x18" + std::string(9, '\xff') + '\x01')));
  CHECK(r.control.prunes.at(0).backoff == max_backoff);
}

TEST_CASE("rpc: extensions, present though empty", "[proto][rpc]") {
  CHECK(decoded(field('\x1a', field('\x32', ""))).control.ext);
  const auto r =
      decoded(field('\x1a', field('\x32', "\x50\x01")
                                + field('\x32', test_extension_tag + '\x01')));
  CHECK(r.control.ext.value().partial_messages);
  CHECK(r.control.ext.value().test_extension);
}

TEST_CASE("rpc: unknown fields are skipped at every level", "[proto][rpc]") {
  const std::string unknown =
      "\xa0\x06\x05"                             // varint
      + std::string{"\xa1\x06"} + "12345678"     // fixed64
      + std::string{"\xa2\x06\x03"} + "abc"      // delimited
      + std::string{"\xa5\x06"} + "1234"         // fixed32
      + std::string{"\xa3\x06\x08\x01\xa4\x06"}; // group
  const auto r = decoded(
      unknown + field('\x0a', unknown + field('\x12', "t"))
      + field('\x12', unknown)
      + field('\x1a', unknown + field('\x0a', unknown + field('\x12', "id"))
                          + field('\x12', unknown) + field('\x1a', unknown)
                          + field('\x22', unknown + field('\x12', unknown))
                          + field('\x32', unknown))
      + field('\x52', unknown) + test_message_tag + "\x1f" + unknown);
  CHECK(r.subscriptions.at(0).topic == "t");
  CHECK(r.messages.size() == 1);
  CHECK(r.control.ihaves.at(0).ids.size() == 1);
  CHECK(r.control.grafts.size() == 1);
  CHECK(r.control.prunes.at(0).peers.size() == 1);
  CHECK(r.partial);
  CHECK(r.test_extension);
}

TEST_CASE("rpc: a partial message is seen in place", "[proto][rpc]") {
  const std::string encoded =
      field('\x52', field('\x0a', "topic") + field('\x12', "group")
                        + field('\x1a', "parts") + field('\x22', "has"));
  const auto r = decoded(encoded);
  const auto& partial = r.partial.value();
  CHECK(partial.topic == "topic");
  CHECK(as_text(partial.group) == "group");
  CHECK(as_text(partial.parts.value()) == "parts");
  CHECK(as_text(partial.metadata.value()) == "has");
  const auto* begin = reinterpret_cast<const char*>(partial.group.data());
  CHECK(begin > encoded.data());
  CHECK(begin < encoded.data() + encoded.size());
}

TEST_CASE("rpc: absent parts and metadata differ from empty ones",
          "[proto][rpc]") {
  CHECK_FALSE(decoded("").partial);
  CHECK_FALSE(decoded(field('\x52', "")).partial.value().parts);
  CHECK_FALSE(decoded(field('\x52', "")).partial.value().metadata);
  CHECK(decoded(field('\x52', field('\x1a', ""))).partial.value().parts);
  CHECK(decoded(field('\x52', field('\x22', ""))).partial.value().metadata);
}

TEST_CASE("rpc: partial messages of one RPC merge", "[proto][rpc]") {
  // What is decoded sees it.
  const auto encoded = field('\x52', field('\x0a', "t") + field('\x1a', "1"))
                       + field('\x52', field('\x1a', "2"));
  const auto r = decoded(encoded);
  CHECK(r.partial.value().topic == "t");
  CHECK(as_text(r.partial.value().parts.value()) == "2");
}

TEST_CASE("rpc: the test extension's message", "[proto][rpc]") {
  CHECK_FALSE(decoded("").test_extension);
  CHECK(decoded(test_message_tag + '\0').test_extension);
}

TEST_CASE("rpc: malformed bytes", "[proto][rpc]") {
  const auto encoded = GENERATE(
      as<std::string>{}, "\x0a", // no length
      "\x0a\x05"
      "abc",                       // truncated
      "\x12\x02\x0a\x05",          // truncated within
      "\x08\x01",                  // a subscription as a number
      "\x0a\x02\x10\x01",          // a topic as a number
      "\x0a\x03\x0a\x01x",         // a flag as bytes
      "\x12\x02\x08\x01",          // `from` as a number
      "\x1a\x02\x08\x01",          // IHAVE as a number
      "\x1a\x04\x1a\x02\x08\x01",  // a topic as a number
      "\x1a\x05\x22\x03\x1a\x01x", // a backoff as bytes
      "\x50\x01",                  // a partial message as a number
      "\x52\x02\x08\x01",          // its topic as a number
      "\x52\x02\x18\x01",          // its parts as a number
      "\x52\x03\x1a\x05x",         // its parts truncated
      "\x90\x91\xe2\x18\x01",      // the test extension as a number
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // an endless number
      "\x02\x01x",                                    // field number 0
      "\x0e",                                         // wire type 6
      "\xa4\x06",                                     // the end of no group
      "\xa3\x06\xac\x06", // the end of another group
      "\xa3\x06");        // a group without end
  CHECK(error_of(encoded) == rpc_error::malformed);
}

TEST_CASE("rpc: groups nest no deeper than protobuf allows", "[proto][rpc]") {
  CHECK(error_of(times(100'000, "\xa3\x06")) == rpc_error::malformed);
  CHECK(decode_rpc(as_bytes(times(100, "\xa3\x06") + times(100, "\xa4\x06")),
                   {}));
}

TEST_CASE("rpc: a length beyond the frame allocates nothing", "[proto][rpc]") {
  CHECK(error_of("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
        == rpc_error::malformed);
}

TEST_CASE("rpc: limits", "[proto][rpc]") {
  rpc_limits limits;
  std::string fits;
  std::string exceeds;
  const std::string id = field('\x0a', "i");
  SECTION("messages") {
    limits.messages = 3;
    fits = times(3, field('\x12', ""));
    exceeds = fits + field('\x12', "");
  }
  SECTION("subscriptions") {
    limits.subscriptions = 3;
    fits = times(3, field('\x0a', ""));
    exceeds = fits + field('\x0a', "");
  }
  SECTION("control entries of all kinds, over all occurrences") {
    limits.control_entries = 5;
    fits = field('\x1a', field('\x0a', "") + field('\x12', ""))
           + field('\x1a',
                   field('\x1a', "") + field('\x22', "") + field('\x2a', ""));
    exceeds = fits + field('\x1a', field('\x1a', ""));
  }
  SECTION("ids of all kinds") {
    limits.ids = 3;
    fits = field('\x1a', field('\x0a', field('\x12', "i")) + field('\x12', id)
                             + field('\x2a', id));
    exceeds = fits + field('\x1a', field('\x12', id));
  }
  SECTION("an id's size") {
    limits.id_size = 3;
    fits = field('\x1a', field('\x12', field('\x0a', "123")));
    exceeds = field('\x1a', field('\x12', field('\x0a', "1234")));
  }
  SECTION("a topic's size in a subscription") {
    limits.topic_size = 3;
    fits = field('\x0a', field('\x12', "123"));
    exceeds = field('\x0a', field('\x12', "1234"));
  }
  SECTION("a topic's size in a message") {
    limits.topic_size = 3;
    fits = field('\x12', field('\x22', "123"));
    exceeds = field('\x12', field('\x22', "1234"));
  }
  SECTION("peers of a PRUNE") {
    limits.px_peers = 2;
    fits = field('\x1a', field('\x22', times(2, field('\x12', ""))));
    exceeds = field('\x1a', field('\x22', times(3, field('\x12', ""))));
  }
  SECTION("a peer's record") {
    limits.record_size = 3;
    const auto prune = [](const std::string& record) {
      return field('\x1a', field('\x22', field('\x12', field('\x12', record))));
    };
    fits = prune("123");
    exceeds = prune("1234");
  }
  SECTION("a topic's size in a partial message") {
    limits.topic_size = 3;
    fits = field('\x52', field('\x0a', "123"));
    exceeds = field('\x52', field('\x0a', "1234"));
  }
  SECTION("a partial message's group") {
    limits.group_size = 3;
    fits = field('\x52', field('\x12', "123"));
    exceeds = field('\x52', field('\x12', "1234"));
  }
  SECTION("a partial message's metadata") {
    limits.metadata_size = 3;
    fits = field('\x52', field('\x22', "123"));
    exceeds = field('\x52', field('\x22', "1234"));
  }
  CHECK(decode_rpc(as_bytes(fits), limits));
  CHECK(error_of(exceeds, limits) == rpc_error::limit_exceeded);
}

TEST_CASE("rpc: decoding again forgets what was there", "[proto][rpc]") {
  const std::string full =
      field('\x0a', field('\x12', "t")) + field('\x12', "")
      + field('\x1a', field('\x0a', "") + field('\x12', "") + field('\x1a', "")
                          + field('\x22', "") + field('\x2a', "")
                          + field('\x32', ""))
      + field('\x52', "") + test_message_tag + '\0';
  rpc r;
  REQUIRE(decode_rpc(as_bytes(full), {}, r));
  CHECK(r.control.ext);
  REQUIRE(decode_rpc({}, {}, r));
  CHECK(r.subscriptions.empty());
  CHECK(r.messages.empty());
  CHECK(r.control.empty());
  CHECK_FALSE(r.partial);
  CHECK_FALSE(r.test_extension);
}
