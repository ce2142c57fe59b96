#include "actors/secret_access.hpp"

#include <algorithm>
#include <cstddef>
#include <unistd.h>

namespace grapevine {

process_ids process_ids::own() {
  process_ids result{::geteuid(), {}};
  result.groups.resize(
      static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  const int count =
      ::getgroups(static_cast<int>(result.groups.size()), result.groups.data());
  result.groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  result.groups.push_back(::getegid());
  return result;
}

bool process_ids::has(gid_t group) const {
  return std::ranges::find(groups, group) != groups.end();
}

secret_access access_to(const struct stat& status, const process_ids& who) {
  const auto mode = status.st_mode;
  if ((mode & (S_IRWXG | S_IRWXO)) == 0)
    return secret_access::owner;
  if ((mode & S_IRWXO) != 0 || !who.has(status.st_gid))
    return secret_access::exposed;
  if (status.st_uid == who.user)
    return secret_access::own_group;
  return status.st_uid == 0 && (mode & S_IRWXG) == S_IRGRP
             ? secret_access::handed_to_group
             : secret_access::exposed;
}

} // namespace grapevine
