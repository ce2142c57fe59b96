#pragma once

#include "actors/identity_file.hpp"
#include "libp2p/base/secret.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace grapevine {

/// What a group of this process's own may do with a secret.
enum class group_access {
  refused,
  /// As `load_or_create_identity` does it: with a warning.
  overlooked,
};

/// What a file with a secret may be.
struct secret_file_rules {
  /// For people: `private key`.
  std::string_view what;
  /// Bytes; a larger one is not read.
  std::size_t max_size = 0;
  group_access group = group_access::refused;
};

/// What a file holds.
struct secret_file {
  libp2p::secret_bytes content;
  /// For people, if not empty: the group can use the secret, or could until
  /// now.
  std::string warning;
};

/// Reads a file with a secret. Refuses one that others than its owner may read,
/// write or execute, one that is empty, and one that is no regular file;
/// symbolic links are followed.
expected<secret_file, identity_file_error>
read_secret_file(const std::filesystem::path& file,
                 const secret_file_rules& rules);

/// Writes a new file of mode 0600 that appears with its whole content or not at
/// all. Missing parent directories are made with mode 0700. A file that is
/// there is never replaced.
expected<void, identity_file_error>
write_secret_file(const std::filesystem::path& file, bytes_view content);

/// Why a file is of no use, for people: names it.
unexpected<identity_file_error>
secret_file_failure(identity_file_error::reason code,
                    const std::filesystem::path& file, const std::string& why);

} // namespace grapevine
