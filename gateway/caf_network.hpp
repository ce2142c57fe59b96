#pragma once

// How CAF's network is spoken to, whichever CAF this is
// (messages/caf_compat.hpp does the same for actors).

#include "gateway/network.hpp"

#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>

namespace grapevine {

/// Who connects and listens for the system: by TLS, if it has that.
inline caf::io::middleman_actor network_of(caf::actor_system& sys) {
  return sys.has_openssl_manager() ? sys.openssl_manager().actor_handle()
                                   : sys.middleman().actor_handle();
}

#if GRAPEVINE_CAF_1

/// Tells CAF of all types that go through its network.
template <class... Blocks>
void add_network_types(caf::actor_system_config&) {
  init_global_meta_objects();
  caf::io::middleman::init_global_meta_objects();
  caf::init_global_meta_objects<Blocks...>();
}

inline void set_tls_files(caf::actor_system_config& cfg,
                          const network_tls& tls) {
  cfg.set("caf.openssl.cafile", tls.ca);
  cfg.set("caf.openssl.certificate", tls.certificate);
  cfg.set("caf.openssl.key", tls.key);
}

/// Asks for what is published there: `.then(handler, error_handler)`, where the
/// handler gets the other side, the actor and what it takes.
template <class Self>
auto ask_to_connect(Self* self, const caf::io::middleman_actor& network,
                    caf::timespan timeout, const std::string& host,
                    std::uint16_t port) {
  return self->mail(caf::connect_atom_v, host, port).request(network, timeout);
}

inline void close_port(const caf::io::middleman_actor& network,
                       std::uint16_t port) {
  caf::anon_mail(caf::close_atom_v, port).send(network);
}

#else

// CAF 0.17 sends a type's name.
template <class T>
void add_network_type(caf::actor_system_config& cfg) {
  cfg.add_message_type<T>(caf::type_name<T>::value);
}

template <class...>
void add_network_types(caf::actor_system_config& cfg) {
#define GRAPEVINE_ADD_TYPE(name) add_network_type<name>(cfg);
  GRAPEVINE_API_MESSAGES(GRAPEVINE_ADD_TYPE)
  GRAPEVINE_GATEWAY_MESSAGES(GRAPEVINE_ADD_TYPE)
#undef GRAPEVINE_ADD_TYPE
}

inline void set_tls_files(caf::actor_system_config& cfg,
                          const network_tls& tls) {
  cfg.openssl_cafile = tls.ca;
  cfg.openssl_certificate = tls.certificate;
  cfg.openssl_key = tls.key;
}

template <class Self>
auto ask_to_connect(Self* self, const caf::io::middleman_actor& network,
                    caf::timespan timeout, const std::string& host,
                    std::uint16_t port) {
  return self->request(network, timeout, caf::connect_atom_v, host, port);
}

inline void close_port(const caf::io::middleman_actor& network,
                       std::uint16_t port) {
  caf::anon_send(network, caf::close_atom_v, port);
}

#endif

} // namespace grapevine
