#pragma once

#include "gossip/message/signing.hpp"
#include "proto/rpc.hpp"
#include "proto/varint.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

// RPCs as no encoder of ours makes them.

/// A protobuf field of bytes.
inline bytes field(std::uint64_t number, bytes_view value) {
  constexpr std::uint64_t length_delimited = 2;
  bytes out;
  append_varint(out, number << 3 | length_delimited);
  append_varint(out, value.size());
  append(out, value);
  return out;
}

/// One RPC with all these messages.
inline bytes rpc_of(std::span<const gossip::message_ptr> msgs) {
  constexpr std::uint64_t publish = 2;
  bytes out;
  for (const auto& msg : msgs)
    append(out, field(publish, msg->encoded()));
  return out;
}

/// One RPC with one IDONTWANT of all these ids.
inline bytes rpc_of_idontwant(const std::vector<std::string>& ids) {
  constexpr std::uint64_t control = 3;
  constexpr std::uint64_t idontwant = 5;
  constexpr std::uint64_t message_ids = 1;
  bytes list;
  for (const auto& id : ids)
    append(list, field(message_ids, as_bytes(id)));
  return field(control, field(idontwant, list));
}

/// Control of one kind alone.
template <class T>
proto::control only(T proto::control::*kind, T value) {
  proto::control result;
  result.*kind = std::move(value);
  return result;
}

/// A message without author and signature; its id is the data's digest.
inline gossip::message_ptr plain_message(std::string_view text,
                                         std::string_view topic = "t") {
  return gossip::build_message(
      {topic, as_bytes(text), std::nullopt, std::nullopt}, nullptr,
      gossip::default_message_id);
}

/// The key of wire peer `number`.
inline libp2p::private_key key_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return libp2p::private_key::ed25519_from_seed(seed);
}

/// A message that wire peer `number` has signed.
inline gossip::message_ptr signed_message(std::uint8_t number,
                                          std::uint64_t seqno,
                                          std::string_view text) {
  const gossip::message_signer signer{key_of(number)};
  return gossip::build_message({"t", as_bytes(text), std::nullopt, seqno},
                               &signer, gossip::default_message_id);
}

/// The same message with another signature; none if it is empty.
inline gossip::message_ptr with_signature(const gossip::message& msg,
                                          bytes_view signature) {
  auto fields = msg.fields();
  fields.signature.reset();
  if (!signature.empty())
    fields.signature = signature;
  bytes encoded;
  proto::append_message(encoded, fields);
  return gossip::message::copy_of(proto::decode_message(encoded).value(),
                                  msg.id());
}

} // namespace grapevine::test
