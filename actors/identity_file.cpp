#include "actors/identity_file.hpp"

#include "actors/identity_lock.hpp"
#include "actors/secret_file.hpp"
#include "libp2p/base/secret.hpp"

#include <utility>

namespace grapevine {

namespace {

namespace fs = std::filesystem;
using reason = identity_file_error::reason;

// An RSA key of 8192 bits takes 4.7 KB.
constexpr std::size_t max_file_size = std::size_t{16} * 1024;

expected<loaded_identity, identity_file_error> load(const fs::path& file,
                                                    group_access access) {
  auto found = read_secret_file(file, {"private key", max_file_size, access});
  if (!found)
    return unexpected{found.error()};
  auto key = libp2p::private_key::from_protobuf(found->content.view());
  if (!key)
    return secret_file_failure(reason::malformed, file,
                               "not a libp2p private key: "
                                   + to_string(key.error()));
  return loaded_identity{std::move(*key), false, std::move(found->warning)};
}

} // namespace

expected<libp2p::private_key, identity_file_error>
load_identity(const fs::path& file) {
  return load(file, group_access::refused).map([](loaded_identity&& found) {
    return std::move(found.key);
  });
}

expected<void, identity_file_error>
save_identity(const libp2p::private_key& key, const fs::path& file) {
  const libp2p::secret_bytes content{key.to_protobuf()};
  return write_secret_file(file, content.view());
}

expected<loaded_identity, identity_file_error>
load_or_create_identity(const fs::path& file, libp2p::key_type type) {
  auto found = load(file, group_access::overlooked);
  if (found || found.error().code != reason::missing)
    return found;
  auto key = libp2p::private_key::generate(type);
  const auto saved = save_identity(key, file);
  if (saved)
    return loaded_identity{std::move(key), true, {}};
  if (saved.error().code != reason::exists)
    return unexpected{saved.error()};
  // Another process was faster: its key counts.
  return load(file, group_access::overlooked);
}

expected<loaded_identity, identity_file_error>
use_identity(const fs::path& file, libp2p::key_type type) {
  auto found = load_or_create_identity(file, type);
  if (!found)
    return found;
  auto lock = identity_lock::take(file);
  if (!lock && lock.error() == identity_lock::failure::impossible) {
    if (found->warning.empty())
      found->warning = file.string()
                       + ": cannot be locked here: take care that no second "
                         "node uses it";
    return found;
  }
  if (!lock)
    return secret_file_failure(
        reason::in_use, file,
        "another node is using this key" + identity_lock::holder(file)
            + ", and a network takes two nodes with one key for one "
              "peer");
  found->lock = std::move(*lock);
  return found;
}

} // namespace grapevine
