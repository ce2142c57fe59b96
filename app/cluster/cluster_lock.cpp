#include "app/cluster/cluster_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace grapevine::app::cluster {

namespace {

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / "cluster.lock";
}

// A record lock: whoever asks learns which process has it, and it goes with
// that.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

} // namespace

outcome<cluster_lock> cluster_lock::take(const std::filesystem::path& folder) {
  std::error_code why;
  std::filesystem::create_directories(folder, why);
  const auto path = file_in(folder);
  unique_fd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!file)
    return runtime_error(fmt::format("\"{}\": cannot be made: {}",
                                     path.string(), std::strerror(errno)));
  auto lock = whole_file();
  if (::fcntl(file.get(), F_SETLK, &lock) != 0)
    return runtime_error(fmt::format(
        "the cluster in \"{}\" is up already: \"grapevine cluster down\" ends "
        "it; another one needs another folder (--folder) and port (--port)",
        folder.string()));
  if (::ftruncate(file.get(), 0) != 0)
    return runtime_error(fmt::format("\"{}\": cannot be written: {}",
                                     path.string(), std::strerror(errno)));
  return cluster_lock{std::move(file)};
}

outcome<void> cluster_lock::write(const std::string& place) {
  const auto done = ::pwrite(file_.get(), place.data(), place.size(), 0);
  if (done < 0 || static_cast<std::size_t>(done) != place.size())
    return runtime_error(fmt::format("the cluster's lock cannot be written: {}",
                                     std::strerror(errno)));
  return {};
}

std::optional<running_cluster>
find_cluster(const std::filesystem::path& folder) {
  const unique_fd file{::open(file_in(folder).c_str(), O_RDWR | O_CLOEXEC)};
  if (!file)
    return std::nullopt;
  auto lock = whole_file();
  if (::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
    return std::nullopt;
  std::array<char, 256> text{};
  const auto got = ::pread(file.get(), text.data(), text.size(), 0);
  return running_cluster{
      lock.l_pid,
      std::string{text.data(), got < 0 ? 0 : static_cast<std::size_t>(got)}};
}

} // namespace grapevine::app::cluster
