#pragma once

#include "gossip/message/message.hpp"
#include "gossip/message/signing.hpp"
#include "proto/rpc.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace grapevine::test {

/// The identity of test peer `number`: a SHA2-256 multihash that no key has.
inline libp2p::peer_id sender(int number) {
  bytes raw(34, static_cast<std::uint8_t>(number));
  raw[0] = 0x12;
  raw[1] = 32;
  return libp2p::peer_id::from_bytes(raw).value();
}

/// An encoded Message, kept, and its fields seen in it.
struct wire_message {
  explicit wire_message(bytes b)
      : encoded{std::move(b)}, view{proto::decode_message(encoded).value()} {}
  wire_message(const wire_message&) = delete;

  bytes encoded;
  proto::message_view view;
};

/// The bytes of a Message with these fields.
inline bytes encoded_message(const proto::message_view& fields) {
  bytes out;
  proto::append_message(out, fields);
  return out;
}

/// The bytes of a Message with a topic, data and an author's eight zeros for a
/// number.
inline bytes message_bytes(std::string_view topic, std::string_view data,
                           const libp2p::peer_id& author = {}) {
  static constexpr std::uint8_t zeros[8] = {};
  proto::message_view fields;
  fields.topic = topic;
  fields.has_topic = true;
  fields.data = as_bytes(data);
  if (!author.empty()) {
    fields.from = author.view();
    fields.seqno = bytes_view{zeros};
  }
  return encoded_message(fields);
}

/// A message with this id.
inline gossip::message_ptr message_named(std::string id,
                                         std::string_view topic = "t",
                                         std::string_view data = "data") {
  const wire_message wire{message_bytes(topic, data)};
  return gossip::message::copy_of(wire.view, gossip::message_id{std::move(id)});
}

} // namespace grapevine::test
