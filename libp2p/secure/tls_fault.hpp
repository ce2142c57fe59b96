#pragma once

#include <string>

namespace grapevine::libp2p {

/// What can be wrong in a TLS handshake besides the protocol itself, which
/// OpenSSL checks.
enum class tls_fault {
  /// The other side sent more than a handshake needs.
  too_large,
  /// Not exactly one certificate.
  several_certificates,
  /// The certificate is none, or what it says cannot be read.
  bad_certificate,
  /// Its time has not come.
  not_yet_valid,
  /// Its time is over.
  expired,
  /// It is not signed by its own key.
  bad_self_signature,
  /// It has a critical extension that this node does not know.
  critical_extension,
  /// It has no libp2p Public Key Extension.
  no_identity,
  /// That extension is no SignedKey, or is there twice.
  bad_identity,
  /// The identity key in it is none, or of an unknown type.
  bad_key,
  /// The identity key did not sign the certificate's key.
  bad_signature,
  /// The other side is another peer than the one that was dialled.
  wrong_peer,
  /// The listener did not ask for this node's certificate.
  not_asked,
  /// Both sides named stream muxers, and none in common.
  no_common_muxer,
  /// The listener chose a protocol that was not offered to it.
  bad_protocol,
};

std::string to_string(tls_fault code);

} // namespace grapevine::libp2p
