#include "libp2p/identity/envelope.hpp"

#include "proto/identity.pb.h"
#include "proto/varint.hpp"

#include <optional>
#include <stdexcept>

namespace grapevine::libp2p {

namespace {

void append_prefixed(bytes& out, bytes_view field) {
  append_varint(out, field.size());
  append(out, field);
}

/// What is signed: each field with its length in front (RFC 0002, Signature
/// Production), so that no byte can move from one field to the next.
bytes signing_buffer(std::string_view domain, bytes_view payload_type,
                     bytes_view payload) {
  bytes out;
  out.reserve(3 * max_varint_size + domain.size() + payload_type.size()
              + payload.size());
  append_prefixed(out, as_bytes(domain));
  append_prefixed(out, payload_type);
  append_prefixed(out, payload);
  return out;
}

/// Nothing where `encoded` is no envelope. The key's fields may be missing:
/// that is for the caller to tell apart.
std::optional<pb::Envelope> decode(bytes_view encoded) {
  pb::Envelope message;
  if (encoded.size() > max_envelope_size
      || !message.ParsePartialFromArray(encoded.data(),
                                        static_cast<int>(encoded.size()))
      || !message.has_public_key())
    return std::nullopt;
  return message;
}

expected<public_key, key_error> read_key(const pb::PublicKey& message) {
  // A type that is not in the enum is kept as an unknown field.
  if (!message.has_type() || !message.has_data())
    return unexpected{key_error::malformed};
  return public_key::from_raw(static_cast<key_type>(message.type()),
                              as_bytes(message.data()));
}

} // namespace

std::string to_string(envelope_error code) {
  switch (code) {
  case envelope_error::malformed:
    return "not a signed envelope";
  case envelope_error::bad_key:
    return "the envelope's key is not valid";
  case envelope_error::bad_signature:
    return "the envelope's signature is wrong";
  }
  return "unknown envelope error";
}

bytes seal_envelope(const private_key& key, std::string_view domain,
                    bytes_view payload_type, bytes_view payload) {
  if (domain.empty())
    throw std::invalid_argument{"an envelope needs a domain"};
  const auto& pub = key.public_part();
  const auto signature =
      key.sign(signing_buffer(domain, payload_type, payload));
  pb::Envelope message;
  message.mutable_public_key()->set_type(static_cast<pb::KeyType>(pub.type()));
  message.mutable_public_key()->set_data(std::string{as_text(pub.raw())});
  message.set_payload_type(std::string{as_text(payload_type)});
  message.set_payload(std::string{as_text(payload)});
  message.set_signature(std::string{as_text(signature)});
  bytes out(message.ByteSizeLong());
  message.SerializeToArray(out.data(), static_cast<int>(out.size()));
  return out;
}

expected<envelope, envelope_error> open_envelope(bytes_view encoded,
                                                 std::string_view domain) {
  const auto message = decode(encoded);
  if (!message)
    return unexpected{envelope_error::malformed};
  auto key = read_key(message->public_key());
  if (!key)
    return unexpected{envelope_error::bad_key};
  const auto payload_type = as_bytes(message->payload_type());
  const auto payload = as_bytes(message->payload());
  if (!key->verify(signing_buffer(domain, payload_type, payload),
                   as_bytes(message->signature())))
    return unexpected{envelope_error::bad_signature};
  return envelope{std::move(*key), to_bytes(payload_type), to_bytes(payload)};
}

} // namespace grapevine::libp2p
