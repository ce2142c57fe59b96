#include "libp2p/secure/tls_fault.hpp"

namespace grapevine::libp2p {

std::string to_string(tls_fault code) {
  switch (code) {
  case tls_fault::too_large:
    return "its TLS handshake is too long";
  case tls_fault::several_certificates:
    return "it sent several certificates, not one";
  case tls_fault::bad_certificate:
    return "its certificate cannot be read";
  case tls_fault::not_yet_valid:
    return "its certificate is not valid yet; is a clock wrong?";
  case tls_fault::expired:
    return "its certificate has expired; is a clock wrong?";
  case tls_fault::bad_self_signature:
    return "its certificate is not signed by its own key";
  case tls_fault::critical_extension:
    return "its certificate has an unknown critical extension";
  case tls_fault::no_identity:
    return "its certificate says no libp2p identity";
  case tls_fault::bad_identity:
    return "its certificate's libp2p extension is malformed";
  case tls_fault::bad_key:
    return "its certificate names no valid identity key";
  case tls_fault::bad_signature:
    return "its identity did not sign its certificate";
  case tls_fault::wrong_peer:
    return "its certificate is another peer's";
  case tls_fault::not_asked:
    return "it did not ask for this node's certificate";
  case tls_fault::no_common_muxer:
    return "no common protocol in TLS (ALPN)";
  case tls_fault::bad_protocol:
    return "it chose a protocol that was not offered in TLS (ALPN)";
  }
  return "unknown fault";
}

} // namespace grapevine::libp2p
