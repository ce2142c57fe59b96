#pragma once

#include "libp2p/identity/keys.hpp"
#include "proto/expected.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace grapevine {

// An identity file holds the PrivateKey protobuf of libp2p/specs, peer-ids/, in
// binary and nothing else, without any encryption: the form in which
// go-libp2p's MarshalPrivateKey writes keys, and what `base64 -d` makes of the
// PrivKey in a Kubo configuration. Nobody but its owner may read or write it
// (mode 0600), but a group that the node is of: a volume that is mounted for it
// (Kubernetes' fsGroup) is closed to it again; a Secret of root's is taken so.

/// Why there is no identity.
struct identity_file_error {
  /// What is wrong.
  enum class reason {
    /// There is no such file.
    missing,
    /// The file is there already.
    exists,
    /// Group or others may use the file.
    exposed,
    /// The content is not a private key.
    malformed,
    /// Another node is using it.
    in_use,
    /// The operating system refused; the text says what.
    system,
  };

  reason code;
  /// For people: names the file, and what mends it.
  std::string text;
};

/// Holds an identity file for one node as long as it lives, so that no second
/// one takes the same identity: a network would take the two for one peer.
class identity_lock;

/// An identity, and how it was come by.
struct loaded_identity {
  libp2p::private_key key;
  /// It is a new one.
  bool created = false;
  /// For people, if not empty: the group could use the key until now.
  std::string warning;
  /// From `use_identity`: to be kept as long as the identity is in use
  /// (`node_config::lock`).
  std::shared_ptr<const identity_lock> lock = nullptr;
};

/// Reads the identity file. Refuses one that group or others may read, write or
/// execute, and one that is no regular file; symbolic links are followed.
expected<libp2p::private_key, identity_file_error>
load_identity(const std::filesystem::path& file);

/// Writes `key` to a new file of mode 0600 that appears with its whole content
/// or not at all. Missing parent directories are made with mode 0700. A file
/// that is there is never replaced.
expected<void, identity_file_error>
save_identity(const libp2p::private_key& key,
              const std::filesystem::path& file);

/// Reads the identity file, or makes a new key of `type` where there is none.
/// Of several processes that do this at once, all get the same key.
/// Only a group of this process's own may have access besides, with a warning:
/// a file of its user's is made private (mode 0600), one of root's that the
/// group may but read is taken as it is. Any other that is exposed is refused.
expected<loaded_identity, identity_file_error>
load_or_create_identity(const std::filesystem::path& file,
                        libp2p::key_type type = libp2p::key_type::ed25519);

/// The same, for a node that is to run with it: fails (in_use, which names the
/// other process) while another one does. Where files cannot be locked, the
/// warning says so.
expected<loaded_identity, identity_file_error>
use_identity(const std::filesystem::path& file,
             libp2p::key_type type = libp2p::key_type::ed25519);

} // namespace grapevine
