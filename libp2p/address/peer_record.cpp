#include "libp2p/address/peer_record.hpp"

#include "libp2p/identity/envelope.hpp"
#include "proto/identity.pb.h"

#include <optional>

namespace grapevine::libp2p {

namespace {

peer_record_error reason(envelope_error code) {
  switch (code) {
  case envelope_error::malformed:
    return peer_record_error::malformed;
  case envelope_error::bad_key:
    return peer_record_error::bad_key;
  case envelope_error::bad_signature:
    return peer_record_error::bad_signature;
  }
  return peer_record_error::malformed;
}

std::vector<multiaddr> readable_addrs(const pb::PeerRecord& message) {
  std::vector<multiaddr> addrs;
  for (const auto& entry : message.addresses()) {
    if (addrs.size() == max_record_addrs)
      break;
    if (auto addr = multiaddr::from_bytes(as_bytes(entry.multiaddr())))
      addrs.push_back(std::move(*addr));
  }
  return addrs;
}

} // namespace

std::string to_string(peer_record_error code) {
  switch (code) {
  case peer_record_error::malformed:
    return "not a signed peer record";
  case peer_record_error::bad_key:
    return "the record's key is not valid";
  case peer_record_error::bad_signature:
    return "the record's signature is wrong";
  case peer_record_error::wrong_type:
    return "the envelope holds no peer record";
  case peer_record_error::wrong_peer:
    return "the record is about another peer than its signer";
  }
  return "unknown peer record error";
}

bytes seal_peer_record(const private_key& key, std::uint64_t seq,
                       std::span<const multiaddr> addrs) {
  pb::PeerRecord message;
  const auto id = peer_id::of(key.public_part());
  message.set_peer_id(std::string{as_text(id.view())});
  // Others write proto3, which leaves zero out.
  if (seq != 0)
    message.set_seq(seq);
  for (const auto& addr : addrs)
    message.add_addresses()->set_multiaddr(std::string{as_text(addr.binary())});
  return seal_envelope(key, peer_record_domain, peer_record_type,
                       as_bytes(message.SerializeAsString()));
}

expected<peer_record, peer_record_error> open_peer_record(bytes_view encoded) {
  const auto opened = open_envelope(encoded, peer_record_domain);
  if (!opened)
    return unexpected{reason(opened.error())};
  if (!equal(opened->payload_type, peer_record_type))
    return unexpected{peer_record_error::wrong_type};
  pb::PeerRecord message;
  if (!message.ParseFromArray(opened->payload.data(),
                              static_cast<int>(opened->payload.size())))
    return unexpected{peer_record_error::malformed};
  const auto signer = peer_id::of(opened->key);
  if (!equal(signer.view(), as_bytes(message.peer_id())))
    return unexpected{peer_record_error::wrong_peer};
  return peer_record{signer, message.seq(), readable_addrs(message)};
}

} // namespace grapevine::libp2p
