#include "actors/identity_file.hpp"
#include "actors/network_key_file.hpp"
#include "app/commands/commands.hpp"
#include "app/console/output.hpp"
#include "app/options/paths.hpp"
#include "libp2p/identity/peer_id.hpp"

namespace grapevine::app {

namespace {

outcome<std::filesystem::path>
identity_file(const std::optional<std::filesystem::path>& given) {
  return given ? outcome<std::filesystem::path>{*given}
               : default_identity_file();
}

outcome<exit_code> print_id(const libp2p::public_key& key, bool cid) {
  const auto peer = libp2p::peer_id::of(key);
  const auto text = cid ? peer.to_cid() : peer.to_base58();
  if (auto printed = print_line(text); !printed)
    return unexpected{printed.error()};
  return success;
}

} // namespace

outcome<exit_code> keygen(const keygen_arguments& arguments) {
  const auto file = identity_file(arguments.out);
  if (!file)
    return unexpected{file.error()};
  const auto key = libp2p::private_key::generate(arguments.type);
  if (const auto saved = save_identity(key, *file); !saved)
    return runtime_error(saved.error().text);
  return print_id(key.public_part(), false);
}

outcome<exit_code> swarm_key(const swarm_key_arguments& arguments) {
  std::string fingerprint;
  if (arguments.show) {
    const auto found = load_network_key(arguments.file);
    if (!found)
      return runtime_error(found.error().text);
    fingerprint = found->key->fingerprint();
  } else {
    const auto made = create_network_key(arguments.file);
    if (!made)
      return runtime_error(made.error().text);
    fingerprint = (*made)->fingerprint();
  }
  if (auto printed = print_line(fingerprint); !printed)
    return unexpected{printed.error()};
  return success;
}

outcome<exit_code> id(const id_arguments& arguments) {
  const auto file = identity_file(arguments.identity);
  if (!file)
    return unexpected{file.error()};
  const auto key = load_identity(*file);
  if (!key)
    return runtime_error(key.error().text);
  return print_id(key->public_part(), arguments.cid);
}

} // namespace grapevine::app
