#include "gossip/message/signing.hpp"

#include "gossip/message/seqno.hpp"
#include "proto/varint.hpp"

#include <functional>

namespace grapevine::gossip {

namespace {

constexpr std::string_view domain = "libp2p-pubsub:";

/// The part of a canonical message before its signature and key, which come
/// last in tag order.
bytes_view before_signature(const proto::message_view& msg) {
  const auto& first = msg.signature ? msg.signature : msg.key;
  if (!first)
    return msg.encoded;
  const std::size_t tag_and_length = 1 + varint_size(first->size());
  const auto end = first->data() - msg.encoded.data();
  return msg.encoded.first(static_cast<std::size_t>(end) - tag_and_length);
}

/// What others sign of a message in any other encoding: its fields in tag
/// order, then those that are unknown, as protobuf serialises them.
void append_serialised(bytes& out, const proto::message_view& msg) {
  proto::message_view bare = msg;
  bare.signature.reset();
  bare.key.reset();
  proto::append_message(out, bare);
  proto::append_unknown_fields(out, msg.encoded);
}

expected<libp2p::public_key, reject_reason>
parse_key(const std::optional<bytes_view>& field,
          const libp2p::peer_id& author) {
  if (!field) {
    if (auto key = author.inlined_key())
      return *key;
    return unexpected{reject_reason::missing_key};
  }
  const auto key = libp2p::public_key::from_protobuf(*field);
  if (!key || libp2p::peer_id::of(*key) != author)
    return unexpected{reject_reason::bad_key};
  return *key;
}

} // namespace

std::string to_string(reject_reason reason) {
  switch (reason) {
  case reject_reason::missing_signature:
    return "missing signature";
  case reject_reason::bad_signature:
    return "bad signature";
  case reject_reason::bad_author:
    return "bad author";
  case reject_reason::bad_seqno:
    return "bad sequence number";
  case reject_reason::bad_key:
    return "bad key";
  case reject_reason::missing_key:
    return "missing key";
  case reject_reason::unexpected_author:
    return "unexpected author or sequence number";
  case reject_reason::unexpected_signature:
    return "unexpected signature or key";
  case reject_reason::validator:
    return "rejected by a validator";
  case reject_reason::rejected_before:
    return "rejected before";
  case reject_reason::blacklisted_peer:
    return "sender is blocked";
  case reject_reason::blacklisted_author:
    return "author is blocked";
  }
  return "unknown reason";
}

void signed_bytes(const proto::message_view& msg, bytes& out) {
  const bytes_view prefix = as_bytes(domain);
  out.assign(prefix.begin(), prefix.end());
  if (msg.canonical)
    append(out, before_signature(msg));
  else
    append_serialised(out, msg);
}

expected<const libp2p::public_key*, reject_reason>
message_verifier::author_key(const proto::message_view& msg,
                             const libp2p::peer_id& author) {
  auto& known =
      authors_[std::hash<libp2p::peer_id>{}(author) % authors_.size()];
  const bytes_view field = msg.key.value_or(bytes_view{});
  const bool same = known.key && known.id == author
                    && known.had_key_field == msg.key.has_value()
                    && equal(known.key_field, field);
  if (!same) {
    auto key = parse_key(msg.key, author);
    if (!key)
      return unexpected{key.error()};
    known.id = author;
    known.had_key_field = msg.key.has_value();
    known.key_field.assign(field.begin(), field.end());
    known.key = std::move(*key);
  }
  return &*known.key;
}

expected<void, reject_reason>
message_verifier::verify_signed(const proto::message_view& msg) {
  if (!msg.signature || msg.signature->empty())
    return unexpected{reject_reason::missing_signature};
  if (!msg.from)
    return unexpected{reject_reason::bad_author};
  const auto author = libp2p::peer_id::from_bytes(*msg.from);
  if (!author)
    return unexpected{reject_reason::bad_author};
  if (!msg.seqno || !decode_seqno(*msg.seqno))
    return unexpected{reject_reason::bad_seqno};
  const auto key = author_key(msg, *author);
  if (!key)
    return unexpected{key.error()};
  signed_bytes(msg, buffer_);
  if (!(*key)->verify(buffer_, *msg.signature))
    return unexpected{reject_reason::bad_signature};
  return {};
}

expected<void, reject_reason> verify_unsigned(const proto::message_view& msg) {
  if (msg.signature || msg.key)
    return unexpected{reject_reason::unexpected_signature};
  if (msg.from || msg.seqno)
    return unexpected{reject_reason::unexpected_author};
  return {};
}

expected<void, reject_reason>
message_verifier::verify(const proto::message_view& msg,
                         signing_policy policy) {
  return policy == signing_policy::strict_sign ? verify_signed(msg)
                                               : verify_unsigned(msg);
}

expected<void, reject_reason> verify(const proto::message_view& msg,
                                     signing_policy policy) {
  message_verifier verifier;
  return verifier.verify(msg, policy);
}

message_signer::message_signer(libp2p::private_key key)
    : key_{std::move(key)}, author_{libp2p::peer_id::of(key_.public_part())} {
  if (!author_.inlined_key())
    key_field_ = key_.public_part().to_protobuf();
}

bytes message_signer::sign(const proto::message_view& msg) const {
  proto::message_view bare = msg;
  bare.signature.reset();
  bare.key.reset();
  bytes covered;
  covered.reserve(domain.size() + proto::encoded_size(bare));
  append(covered, as_bytes(domain));
  proto::append_message(covered, bare);
  return key_.sign(covered);
}

message_ptr build_message(const message_fields& fields,
                          const message_signer* signer,
                          const message_id_function& id_of) {
  proto::message_view view;
  seqno_bytes seqno{};
  if (fields.seqno) {
    seqno = encode_seqno(*fields.seqno);
    view.seqno = seqno;
  }
  if (signer != nullptr)
    view.from = signer->author().view();
  else if (fields.from)
    view.from = fields.from->view();
  view.data = fields.data;
  view.topic = fields.topic;
  view.has_topic = true;
  bytes signature;
  if (signer != nullptr) {
    signature = signer->sign(view);
    view.signature = signature;
    if (!signer->key_field().empty())
      view.key = signer->key_field();
  }
  const std::size_t size = proto::encoded_size(view);
  bytes frame;
  frame.reserve(proto::message_header_size(size) + size);
  proto::append_message_header(frame, size);
  const std::size_t header_size = frame.size();
  proto::append_message(frame, view);
  return message::from_frame(std::move(frame), header_size, id_of);
}

message_ptr build_message(const message_fields& fields,
                          const message_signer* signer,
                          const message_ids& ids) {
  return build_message(fields, signer, ids.function_of(fields.topic));
}

} // namespace grapevine::gossip
