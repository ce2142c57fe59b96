#include "actors/network_key_file.hpp"

#include "actors/host/host_context.hpp"
#include "actors/secret_file.hpp"

#include <sodium/utils.h>

#include <cstddef>
#include <utility>

namespace grapevine {

namespace {

// A key takes 96 bytes, with what stands before it.
constexpr std::size_t max_key_file_size = 1024;

} // namespace

expected<loaded_network_key, identity_file_error>
load_network_key(const std::filesystem::path& file) {
  auto found = read_secret_file(
      file, {"network's key", max_key_file_size, group_access::overlooked});
  if (!found)
    return unexpected{found.error()};
  auto key = libp2p::network_key::from_text(found->content.view());
  if (!key)
    return secret_file_failure(identity_file_error::reason::malformed, file,
                               "not a private network's key: "
                                   + to_string(key.error())
                                   + "; make one with: grapevine swarm-key");
  return loaded_network_key{
      std::make_shared<const libp2p::network_key>(std::move(*key)),
      std::move(found->warning)};
}

expected<std::shared_ptr<const libp2p::network_key>, identity_file_error>
create_network_key(const std::filesystem::path& file) {
  auto seed = random_seed();
  auto key = std::make_shared<const libp2p::network_key>(seed);
  ::sodium_memzero(seed.data(), seed.size());
  const auto saved = write_secret_file(file, key->to_text().view());
  if (!saved)
    return unexpected{saved.error()};
  return key;
}

} // namespace grapevine
