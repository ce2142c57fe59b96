#pragma once

#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

namespace grapevine {

/// As whom a process opens files.
struct process_ids {
  uid_t user = 0;
  /// Its own group, and the supplementary ones.
  std::vector<gid_t> groups;

  /// Those of this process.
  static process_ids own();

  bool has(gid_t group) const;
};

/// Who can get at a file with a secret.
enum class secret_access {
  /// Nobody but its owner.
  owner,
  /// It is this process's own, and a group of its besides: who mounts a volume
  /// for a group gives it all files, again and again (Kubernetes' fsGroup).
  own_group,
  /// It is root's, and this process's group may read it, which is how it gets
  /// at
  /// it at all: as Kubernetes mounts a Secret for a pod that is not root.
  handed_to_group,
  /// Others, or a group that this process is not of.
  exposed,
};

/// Who can get at a file in this state, as `who` sees it.
secret_access access_to(const struct stat& status, const process_ids& who);

} // namespace grapevine
