#include "actors/identity_lock.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace grapevine {

expected<std::shared_ptr<const identity_lock>, identity_lock::failure>
identity_lock::take(const std::filesystem::path& file) {
  unique_fd opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!opened)
    return unexpected{failure::impossible};
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0)
    return unexpected{errno == EWOULDBLOCK ? failure::held
                                           : failure::impossible};
  return std::shared_ptr<const identity_lock>{
      new identity_lock{std::move(opened)}};
}

// Linux lists all locks: number, kind, ..., process, device and inode of the
// file (proc_locks(5)). Of processes in other namespaces it gives no number.
std::string identity_lock::holder(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    return {};
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "%02x:%02x:%ju",
                ::gnu_dev_major(status.st_dev), ::gnu_dev_minor(status.st_dev),
                static_cast<std::uintmax_t>(status.st_ino));
  std::ifstream locks{"/proc/locks"};
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words{line};
    std::string number, kind, advisory, mode, process, where;
    words >> number >> kind >> advisory >> mode >> process >> where;
    if (kind == "FLOCK" && where == name.data() && !process.empty()
        && process[0] != '-' && process != "0")
      return " (process " + process + ")";
  }
  return {};
}

} // namespace grapevine
