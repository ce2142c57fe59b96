#include "gossip/message/message_id.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <unordered_map>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("message_id: author and number, as raw bytes",
          "[gossip][message_id]") {
  const auto author = sender(1);
  const wire_message msg{message_bytes("t", "data", author)};
  CHECK(default_message_id(msg.view)
        == std::string{as_text(author.view())} + std::string(8, '\0'));
}

TEST_CASE("message_id: without author the data's SHA-256",
          "[gossip][message_id]") {
  const wire_message msg{message_bytes("t", "abc")};
  CHECK(to_hex(as_bytes(default_message_id(msg.view)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const proto::message_view none;
  CHECK(to_hex(as_bytes(default_message_id(none)))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("message_id: maps are searched by raw bytes and by pointer",
          "[gossip][message_id]") {
  const message_id one{"one"};
  std::unordered_map<message_id, int, message_id_hash, message_id_equal> owned;
  owned.try_emplace(one, 1);
  CHECK(owned.find(std::string_view{"one"}) != owned.end());
  CHECK(owned.find(std::string_view{"two"}) == owned.end());
  std::unordered_map<const message_id*, int, message_id_hash, message_id_equal>
      pointing;
  pointing.try_emplace(&one, 1);
  const message_id same{"one"};
  CHECK(pointing.find(&same) != pointing.end());
  CHECK(pointing.find(std::string_view{"one"}) != pointing.end());
  CHECK(std::hash<message_id>{}(one) == one.hash());
}
